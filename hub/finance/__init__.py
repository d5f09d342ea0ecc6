"""ARR by a named policy, exact to the cent, and never a number where the billing data do not support one."""

from hub.finance.account import account
from hub.finance.arr import arr
from hub.finance.outcome import Outcome, Total
from hub.finance.policy import Policy, load_policy

__all__ = ["Outcome", "Policy", "Total", "account", "arr", "load_policy"]
