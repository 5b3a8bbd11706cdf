"""What a layer may be called: its id is an attribute of the generated module."""

import keyword
import re

PATTERN = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")

# Attributes of the module that a stack becomes, torch's and our own, as far as they match PATTERN; and self,
# by which generated code calls the layers. Written out so that opening a project needs no torch; a test
# compares them with the real ones.
_TORCH = """
    T_destination add_module apply bfloat16 buffers call_super_init children compile cpu cuda double
    dump_patches eval extra_repr float forward get_buffer get_extra_state get_parameter
    get_submodule half ipu load_state_dict modules mtia named_buffers named_children named_modules
    named_parameters parameters register_backward_hook register_buffer register_forward_hook
    register_forward_pre_hook register_full_backward_hook register_full_backward_pre_hook
    register_load_state_dict_post_hook register_load_state_dict_pre_hook register_module
    register_parameter register_state_dict_post_hook register_state_dict_pre_hook requires_grad_
    set_extra_state set_submodule share_memory state_dict to to_empty train training type xpu
    zero_grad
"""
_OURS = "answers fit_standardize graph input_ids layer_ids output_ids self"
RESERVED = frozenset(f"{_TORCH} {_OURS}".split())


def why_not(name: str) -> str | None:
    """Return why a name can't be a layer's id, or None when it can."""
    if not PATTERN.fullmatch(name):
        shown = name if len(name) <= 70 else f"{name[:60]}…"
        return f"{shown!r} is no layer id. Use up to 64 letters, digits and underscores, a letter first."
    if keyword.iskeyword(name) or name in RESERVED:
        return f"'{name}' is a word that PyTorch, Python or this program uses itself. Add a digit to it."
    return None
