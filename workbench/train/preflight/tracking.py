"""How many bytes of tensors are alive, operation by operation."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_iter


class Tracker(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Counts the storages that operations make inside ``with``, until they are freed.

    Views and results in place share a storage, which counts once, and not at all if it was there before.
    What an operation needs only while it works is not seen, but for what `_within` knows. ``working`` is
    called after every operation, and may raise to end the work.
    """

    def __init__(self, working: Callable[[], None] = lambda: None) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.live = 0
        """Bytes alive now."""
        self.timeline: list[int] = []
        """Bytes alive at each operation's end."""
        self._born: dict[int, int] = {}
        self._working = working

    def born(self, tensor: Tensor) -> int:
        """Return the operation that made a living tensor's storage; 0 for one that was there before."""
        return self._born.get(_key(tensor), 0)

    def __torch_dispatch__(
        self,
        function: Callable[..., Any],
        types: Sequence[type],
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        kwargs = kwargs or {}
        found = function(*args, **kwargs)
        new = {_key(value): value for value in _tensors(found) if _key(value) not in self._born}
        if new:
            for value in _tensors((args, kwargs)):
                new.pop(_key(value), None)
            for key, value in new.items():
                self._count(key, value.untyped_storage())
        self.timeline.append(self.live + _within(function, args))
        self._working()
        return found

    def _count(self, key: int, storage: torch.UntypedStorage) -> None:
        size = storage.nbytes()
        self._born[key] = len(self.timeline)
        self.live += size
        weakref.finalize(storage, self._freed, key, size).atexit = False

    def _freed(self, key: int, size: int) -> None:
        del self._born[key]
        self.live -= size


def _within(function: Callable[..., Any], args: tuple[Any, ...]) -> int:
    """Bytes that an operation takes only while it works.

    On a CPU, max pooling's way back copies its indices and its result where the gradient that arrives,
    behind a Flatten say, lies otherwise than the images: ATen's `max_pool2d_backward_kernel`.
    """
    if function is not torch.ops.aten.max_pool2d_with_indices_backward.default:
        return 0
    arriving, images, indices = args[0], args[1], args[-1]
    last = images.is_contiguous(memory_format=torch.channels_last) and not images.is_contiguous()
    if images.device.type != "cpu" or not last or not arriving.is_contiguous():
        return 0
    return int(indices.nbytes + images.nbytes)


def _tensors(tree: Any) -> list[Tensor]:
    return [value for value in tree_iter(tree) if isinstance(value, Tensor)]


def _key(tensor: Tensor) -> int:
    """Where torch keeps the tensor's storage itself; its Python object may be made anew."""
    return int(tensor.untyped_storage()._cdata)
