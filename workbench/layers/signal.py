"""From a waveform to what is heard in it.

A waveform is (samples), or (channels × samples). Frequencies and frames come out as torchaudio has them:
(frequencies × frames), or an image a channel.
"""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from workbench.layers.base import Call, Fix, Group, Layer, Misfit, TensorSpec
from workbench.layers.fields import Whole

Hertz = Annotated[float, Field(ge=0, le=1e7)]


class _Spectral(Layer):
    """What they share: a short-time Fourier transform."""

    group: ClassVar[Group] = "signal"
    ranks: ClassVar[tuple[int, ...]] = (1, 2)
    expects: ClassVar[str] = "a waveform (samples, or channels × samples)"
    n_fft: Annotated[int, Field(ge=2, le=4096)] = Field(
        default=400, description="Length of a frame, in samples; it tells half as many frequencies apart."
    )
    hop_length: Whole | None = Field(
        default=None, description="Samples from one frame to the next; empty is half a frame."
    )
    power: float = Field(default=2.0, gt=0, le=4, description="Exponent: 1 is the magnitude, 2 its square.")
    center: bool = Field(
        default=True, description="Centre frames on their sample, the ends of the waveform mirrored."
    )

    def call(self, *inputs: TensorSpec) -> Call:
        options = (*self.changed("power", "center"), *self._after())
        return Call("SpectralFeatures", (self.n_fft, self.hop_length or self.n_fft // 2), options)

    def _after(self) -> tuple[tuple[str, Any], ...]:
        """Keyword arguments for what follows the Fourier transform."""
        raise NotImplementedError

    def misfit(self, *inputs: TensorSpec) -> Misfit | None:
        spec = inputs[0]
        remove = Fix(f"Remove {self.type()}", "remove")
        if spec.dtype == "int64" and len(spec.shape) in self.ranks:
            what = f"{self.type()} reads decimal numbers, but gets whole numbers ({spec})."
            cast = Fix("Insert Cast", "insert_before", "Cast", (("dtype", "float32"),))
            return Misfit(f"{what} Put a Cast before it.", (cast, remove))
        found = super().misfit(*inputs)
        # mirrored ends are shorter than the waveform; else it holds a whole frame
        least = self.n_fft // 2 + 1 if self.center else self.n_fft
        if found or spec.shape[-1] >= least:
            return found
        most = min(2 * spec.shape[-1] - 1 if self.center else spec.shape[-1], 4096)
        what = f"A frame of {self.n_fft} samples is too long for a waveform of {spec.shape[-1]}."
        if most < 2:
            return Misfit(f"{what} Choose another input.", (remove,))
        fix = Fix(f"Set n_fft to {most}", "set", params=(("n_fft", most),))
        return Misfit(f"{what} Use n_fft {most} or less.", (fix, remove))


class Spectrogram(_Spectral):
    """How strong each frequency of a waveform is, frame by frame (short-time Fourier transform)."""

    words: ClassVar[tuple[str, ...]] = ("spectrogram", "stft")
    typed: ClassVar[tuple[str, ...]] = ("n_fft",)

    log: bool = Field(default=False, description="Natural logarithm of each value, 0.000001 added first.")

    def _after(self) -> tuple[tuple[str, Any], ...]:
        return self.changed("log")


class _Mel(_Spectral):
    """What those with mel bands share."""

    sample_rate: Annotated[float, Field(gt=0, le=1e7)] = Field(
        default=16000.0, description="Samples a second of the waveform, in Hz."
    )
    n_mels: Annotated[int, Field(ge=1, le=1024)] = Field(default=64, description="Number of mel bands.")
    f_min: Hertz = Field(default=0.0, description="Lowest frequency, in Hz.")
    f_max: Hertz | None = Field(
        default=None, description="Highest frequency, in Hz; empty is half the sample rate."
    )
    mel_scale: Literal["htk", "slaney"] = Field(
        default="htk", description="htk: 2595 log10(1 + f/700); slaney: linear up to 1000 Hz, as librosa."
    )
    norm: Literal["none", "slaney"] = Field(
        default="none", description="slaney divides each band by its width."
    )

    def _after(self) -> tuple[tuple[str, Any], ...]:
        own = (("sample_rate", self.sample_rate), ("n_mels", self.n_mels))
        limits = (("f_min", self.f_min), ("f_max", self._top()))
        return own + limits + self.changed("mel_scale", "norm")

    def _top(self) -> float:
        return self.sample_rate / 2 if self.f_max is None else self.f_max

    def misfit(self, *inputs: TensorSpec) -> Misfit | None:
        found = super().misfit(*inputs)
        half = self.sample_rate / 2
        if found or self.f_min < self._top() <= half:
            return found
        if self.f_min >= half:
            what = f"f_min {self.f_min:g} Hz is not below half the sample rate ({half:g} Hz). Use 0."
            return Misfit(what, (Fix("Use all", "set", params=(("f_min", 0.0), ("f_max", None))),))
        fix = Fix("Leave f_max empty", "set", params=(("f_max", None),))
        if self._top() > half:
            what = f"f_max {self._top():g} Hz is above half the sample rate ({half:g} Hz). Leave it empty."
            return Misfit(what, (fix,))
        what = f"f_max {self._top():g} Hz is not above f_min {self.f_min:g} Hz. Leave it empty."
        return Misfit(what, (fix,))


class MelSpectrogram(_Mel):
    """Spectrogram in bands spaced as the ear hears pitch: the mel scale."""

    words: ClassVar[tuple[str, ...]] = ("mel", "melspectrogram")
    typed: ClassVar[tuple[str, ...]] = ("n_mels",)

    log: bool = Field(default=False, description="Natural logarithm of each value, 0.000001 added first.")

    def _after(self) -> tuple[tuple[str, Any], ...]:
        return super()._after() + self.changed("log")

    def summary(self) -> str:
        return f"{self.n_mels} mels"


class MFCC(_Mel):
    """Mel-frequency cepstral coefficients: the shape of the spectrum in a few numbers a frame.

    The orthonormal DCT-II of a mel spectrogram's natural logarithm, 0.000001 added first.
    """

    words: ClassVar[tuple[str, ...]] = ("mfcc",)
    typed: ClassVar[tuple[str, ...]] = ("n_mfcc",)

    n_mfcc: Annotated[int, Field(ge=1, le=1024)] = Field(default=40, description="Number of coefficients.")

    def _after(self) -> tuple[tuple[str, Any], ...]:
        return (*super()._after(), ("log", True), ("n_mfcc", self.n_mfcc))

    def misfit(self, *inputs: TensorSpec) -> Misfit | None:
        found = super().misfit(*inputs)
        if found or self.n_mfcc <= self.n_mels:
            return found
        return Misfit(
            f"{self.n_mfcc} coefficients can't come from {self.n_mels} mel bands. Use {self.n_mels}.",
            (Fix(f"Use {self.n_mels}", "set", params=(("n_mfcc", self.n_mels),)),),
        )

    def summary(self) -> str:
        return f"{self.n_mfcc} of {self.n_mels} mels"
