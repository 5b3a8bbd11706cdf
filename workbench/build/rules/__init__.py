"""What is worth a warning: a table of rules, each a function from a `View` to what it finds.

A new rule is a function in one of the modules here, and its name in ``RULES``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import islice

from workbench.build.problem import Problem
from workbench.build.rules.activations import idle_activation, linear_twice, saturation, softmax_within
from workbench.build.rules.batch import batch_of_one, few_for_triplets
from workbench.build.rules.dead import unread
from workbench.build.rules.layout import channels_misplaced
from workbench.build.rules.receptive import wasted_reach
from workbench.build.rules.single import dropout_last, norm_of_one, skipped_pixels
from workbench.build.rules.size import bottleneck, memory
from workbench.build.view import View

Rule = Callable[[View], Iterator[Problem]]

RULES: Mapping[Rule, int] = {
    unread: 20,
    memory: 1,
    batch_of_one: 1,
    few_for_triplets: 1,
    bottleneck: 1,
    wasted_reach: 1,
    saturation: 1,
    channels_misplaced: 3,
    linear_twice: 3,
    idle_activation: 3,
    softmax_within: 3,
    norm_of_one: 3,
    dropout_last: 1,
    skipped_pixels: 3,
}
"""Each rule, and the most that it may say of one stack: the rest comes up once those are mended."""


def advice(view: View) -> Iterator[Problem]:
    """Yield what all rules find."""
    for rule, most in RULES.items():
        yield from islice(rule(view), most)
