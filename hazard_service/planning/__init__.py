"""What releasing each hazard, or a set of them, would give back."""

from hazard_service.planning.answers import Answerer
from hazard_service.planning.gains import Gains, gains, gains_of, sets_of
from hazard_service.planning.whatif import prepare_what_if

__all__ = ["Answerer", "Gains", "gains", "gains_of", "prepare_what_if", "sets_of"]
