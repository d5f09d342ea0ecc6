"""Does ARR match billing, to the cent? A pure function of what was read: inputs in, report out, byte for byte the same."""

from hub.finance.tieout.inputs import Inputs
from hub.finance.tieout.report import Report, tie_out

__all__ = ["Inputs", "Report", "tie_out"]
