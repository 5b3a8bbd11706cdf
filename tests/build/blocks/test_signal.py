"""Spectra against torch.stft, NumPy and SciPy, mel bands worked out value by value."""

import math

import numpy as np
import pytest
import torch
from scipy.fft import dct

from workbench.build.blocks import SpectralFeatures


def chirp(rate: int = 16000, seconds: float = 0.25) -> torch.Tensor:
    """Two waveforms: a rising tone with a little noise, and noise."""
    random = torch.Generator().manual_seed(0)
    time = torch.arange(int(rate * seconds)) / rate
    noise = torch.randn(2, len(time), generator=random)
    tone = (2 * math.pi * (200 * time + 8000 * time**2)).sin()
    return torch.stack([tone + 0.01 * noise[0], noise[1]])


@pytest.mark.parametrize("center", [True, False])
@pytest.mark.parametrize(("n_fft", "hop"), [(400, 160), (512, 512), (257, 100), (16, 3), (2, 1)])
def test_is_torchs_short_time_fourier_transform(n_fft: int, hop: int, center: bool):
    x = chirp()
    window = torch.hann_window(n_fft)
    wanted = torch.stft(x, n_fft, hop, window=window, center=center, return_complex=True).abs()
    for power in (1.0, 2.0):
        got = SpectralFeatures(n_fft, hop, power=power, center=center)(x)
        scale = float(wanted.max() ** power)
        torch.testing.assert_close(got / scale, wanted**power / scale, rtol=1e-4, atol=1e-6)


def test_is_numpys_transform_of_each_frame():
    x = chirp()[:, :1000]
    frames = np.lib.stride_tricks.sliding_window_view(x.numpy().astype(np.float64), 64, axis=1)[:, ::20]
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(64) / 64)
    wanted = np.abs(np.fft.rfft(frames * window)) ** 2
    got = SpectralFeatures(64, 20, center=False)(x).numpy()
    np.testing.assert_allclose(got, wanted.swapaxes(1, 2), rtol=1e-4, atol=1e-4)


def mel(hertz: float, scale: str) -> float:
    if scale == "htk":
        return 2595 * math.log10(1 + hertz / 700)
    return 3 * hertz / 200 if hertz < 1000 else 15 + 27 * math.log(hertz / 1000) / math.log(6.4)


def hertz(pitch: float, scale: str) -> float:
    low, high = 0.0, 1e6
    for _ in range(200):  # the inverse by bisection, to be independent of its formula
        middle = (low + high) / 2
        low, high = (middle, high) if mel(middle, scale) < pitch else (low, middle)
    return low


@pytest.mark.parametrize("norm", ["none", "slaney"])
@pytest.mark.parametrize("scale", ["htk", "slaney"])
def test_mel_bands_are_triangles_on_the_mel_scale(scale: str, norm: str):
    options = {"sample_rate": 16000.0, "n_mels": 20, "f_min": 50.0, "f_max": 7000.0}
    bands = SpectralFeatures(512, 160, **options, mel_scale=scale, norm=norm).bands
    assert bands is not None
    low, high = mel(50, scale), mel(7000, scale)
    edges = [hertz(low + (high - low) * n / 21, scale) for n in range(22)]
    wanted = np.zeros((20, 257))
    for band in range(20):
        left, middle, right = edges[band : band + 3]
        for place in range(257):
            at = place * 16000 / 512
            if left < at <= middle:
                wanted[band, place] = (at - left) / (middle - left)
            elif middle < at < right:
                wanted[band, place] = (right - at) / (right - middle)
        if norm == "slaney":
            wanted[band] *= 2 / (right - left)
    np.testing.assert_allclose(bands.numpy(), wanted, atol=2e-6)


def test_the_mel_scales_at_published_points():
    """O'Shaughnessy's scale has 1000 mel at 1000 Hz; Slaney's has 13 linear and 27 logarithmic steps a
    factor 6.4, from 1000 Hz on."""
    assert mel(1000, "htk") == pytest.approx(1000, abs=0.02)
    assert mel(1000, "slaney") == pytest.approx(15)
    assert mel(6400, "slaney") == pytest.approx(42)


def test_mel_spectrogram_and_cepstral_coefficients():
    x = chirp()
    power = SpectralFeatures(512, 160)(x)
    mels = SpectralFeatures(512, 160, n_mels=40)
    assert mels.bands is not None
    torch.testing.assert_close(mels(x), torch.einsum("mf,bft->bmt", mels.bands, power))
    logs = (mels(x).double() + 1e-6).log().numpy()
    wanted = dct(logs, type=2, axis=1, norm="ortho")[:, :13]
    got = SpectralFeatures(512, 160, n_mels=40, log=True, n_mfcc=13)(x).numpy()
    np.testing.assert_allclose(got, wanted, rtol=1e-4, atol=1e-4)


def test_channels_are_taken_one_by_one():
    x = chirp()
    layer = SpectralFeatures(64, 32, n_mels=8)
    got = layer(x.unsqueeze(0))
    assert got.shape == (1, 2, 8, 126)
    torch.testing.assert_close(got[0], layer(x))


def test_a_tone_lies_at_its_frequency():
    time = torch.arange(4096) / 8000
    spectrum = SpectralFeatures(256, 128, center=False)((2 * math.pi * 1000 * time).sin().unsqueeze(0))[0]
    assert spectrum.argmax(0).unique().tolist() == [1000 * 256 // 8000]


def test_silence_has_a_gradient():
    x = torch.zeros(1, 64, requires_grad=True)
    SpectralFeatures(16, 8, power=1.0, log=True)(x).sum().backward()
    assert x.grad is not None
    assert bool(x.grad.isfinite().all())
