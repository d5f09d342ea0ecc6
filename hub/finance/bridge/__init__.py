"""How ARR came from one closing to the next: new, expansion, reactivation, contraction, churn, restatement; per currency. Pure."""

from hub.finance.bridge.ahead import Ahead, ahead
from hub.finance.bridge.converted import Rate, Rates, convert, parse_rates
from hub.finance.bridge.movements import COLUMNS, Line, bridge, totals

__all__ = ["COLUMNS", "Ahead", "Line", "Rate", "Rates", "ahead", "bridge", "convert", "parse_rates", "totals"]
