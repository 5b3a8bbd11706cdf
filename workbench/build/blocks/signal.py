"""From a waveform to what is heard in it."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812


class SpectralFeatures(nn.Module):
    """Spectrogram of a waveform, with mel bands and cepstral coefficients where they are asked for.

    The short-time Fourier transform (periodic Hann window, one-sided, as ``torch.stft``) is a convolution
    with fixed waves, which every engine runs. ``n_mels`` triangular bands between ``f_min`` and ``f_max``
    (Hz) follow the mel scale of HTK, 2595 log10(1 + f / 700), or of Slaney's Auditory Toolbox, linear up to
    1000 Hz. ``n_mfcc`` coefficients are an orthonormal DCT-II over the bands (Davis & Mermelstein 1980).
    """

    waves: Tensor
    bands: Tensor | None
    cosines: Tensor | None

    def __init__(
        self,
        n_fft: int,
        hop_length: int,
        power: float = 2.0,
        center: bool = True,
        log: bool = False,
        sample_rate: float = 16000.0,
        n_mels: int = 0,
        f_min: float = 0.0,
        f_max: float = 8000.0,
        mel_scale: str = "htk",
        norm: str = "none",
        n_mfcc: int = 0,
    ) -> None:
        super().__init__()
        self.hop_length = hop_length
        self.power = power
        self.log = log
        self.margin = n_fft // 2 if center else 0

        bins, double = n_fft // 2 + 1, torch.float64
        sample = torch.arange(n_fft)
        window = 0.5 - 0.5 * (sample.to(double) * (2 * math.pi / n_fft)).cos()
        # whole turns are left out first, so that no digits are lost to large angles
        turns = torch.arange(bins).unsqueeze(1) * sample % n_fft
        angle = turns.to(double) * (2 * math.pi / n_fft)
        waves = torch.cat((angle.cos(), -angle.sin())) * window
        self.register_buffer("waves", waves.to(torch.float32).unsqueeze(1), persistent=False)

        self.register_buffer("bands", None, persistent=False)
        if n_mels:
            if mel_scale == "htk":
                low, high = (2595 * math.log10(1 + f / 700) for f in (f_min, f_max))
                mels = torch.arange(n_mels + 2, dtype=double) * ((high - low) / (n_mels + 1)) + low
                edges = 700 * (10 ** (mels / 2595) - 1)
            else:
                step = math.log(6.4) / 27
                low, high = (
                    f * 3 / 200 if f < 1000 else 15 + math.log(f / 1000) / step for f in (f_min, f_max)
                )
                mels = torch.arange(n_mels + 2, dtype=double) * ((high - low) / (n_mels + 1)) + low
                edges = torch.where(mels < 15, mels * 200 / 3, 1000 * ((mels - 15) * step).exp())
            hertz = torch.arange(bins, dtype=double) * (sample_rate / n_fft)
            left, middle, right = (edges[n : n_mels + n].unsqueeze(1) for n in (0, 1, 2))
            rising = (hertz - left) / (middle - left)
            falling = (right - hertz) / (right - middle)
            bands = torch.minimum(rising, falling).clamp(min=0)
            if norm == "slaney":  # each band has an area of 1
                bands = bands * (2 / (right - left))
            self.register_buffer("bands", bands.to(torch.float32), persistent=False)

        self.register_buffer("cosines", None, persistent=False)
        if n_mfcc:
            order = torch.arange(n_mfcc, dtype=double).unsqueeze(1)
            place = torch.arange(n_mels, dtype=double) + 0.5
            cosines = (order * place * (math.pi / n_mels)).cos() * math.sqrt(2 / n_mels)
            cosines = torch.where(order == 0, cosines * math.sqrt(0.5), cosines)
            self.register_buffer("cosines", cosines.to(torch.float32), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """(batch, samples) to (batch, features, frames), (batch, channels, samples) to four dimensions."""
        sides = x.shape[1:-1]
        x = x.reshape(-1, 1, x.shape[-1])
        if self.margin:
            x = F.pad(x, (self.margin, self.margin), mode="reflect")
        real, imaginary = F.conv1d(x, self.waves, stride=self.hop_length).chunk(2, 1)
        x = real.square() + imaginary.square()
        if self.power != 2:  # a root has no slope at zero
            x = x.clamp(min=1e-30).pow(self.power / 2)
        if self.bands is not None:
            x = self.bands @ x
        if self.log:
            x = (x + 1e-6).log()
        if self.cosines is not None:
            x = self.cosines @ x
        return x.reshape(-1, *sides, x.shape[-2], x.shape[-1])
