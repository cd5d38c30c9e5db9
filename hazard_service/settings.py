"""One table of settings: name, default, unit, help. It feeds the code, programme.toml and the docs."""

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from hazard_service.errors import SettingError
from hazard_service.vocabulary import SERVICE_KINDS

# Walking speeds by Copernicus global land cover class, km/h (AccessMod practice); 0 = not walkable.
LANDCOVER_KMH = MappingProxyType(
    {
        20: 3.00, 30: 4.20, 40: 2.50, 50: 5.00, 60: 4.86, 70: 1.62, 80: 0.0, 90: 2.00, 100: 4.86,
        111: 3.24, 112: 1.62, 113: 3.24, 114: 4.00, 115: 3.24, 116: 3.24,
        121: 3.75, 122: 2.10, 123: 3.75, 124: 3.75, 125: 3.75, 126: 3.75, 200: 0.0,
    }
)  # fmt: skip


def _setting(default: Any, unit: str, text: str) -> Any:
    if isinstance(default, Mapping):
        return dataclasses.field(default_factory=lambda: default, metadata={"unit": unit, "help": text})
    return dataclasses.field(default=default, metadata={"unit": unit, "help": text})


@dataclass(frozen=True)
class Settings:
    """Thresholds and speeds of one programme, fixed at its baseline."""

    cell_m: float = _setting(
        50.0, "m", "Side of a walking-grid cell; where it is not stated, chosen from the data, 25 to 100 m."
    )
    moves: int = _setting(
        16,
        "directions",
        "Directions a walker can take from a cell: 8, 16 or 32. On open flat ground walks then come out at most 8.3 %, "
        "3 % or 1.4 % too long; more directions take more time to compute.",
    )
    reach_min: float = _setting(60.0, "min", "Reach is the land within this walking time.")
    offroad_kmh: float = _setting(3.0, "km/h", "Walking speed off roads where no land cover is known.")
    route_kmh: float = _setting(5.0, "km/h", "Walking speed on a recorded route.")
    landcover_kmh: Mapping[int, float] = _setting(
        LANDCOVER_KMH, "km/h", "Walking speed by land-cover class; 0 is not walkable."
    )
    start_search_m: float = _setting(1000.0, "m", "How far a start cell may lie from its community or place.")
    held_back_freedom: float = _setting(0.95, "share", "A community with less freedom than this is held back.")
    freed_gain_share: float = _setting(0.05, "share of free reach", "Least reach gained by a freed community.")
    expanded_gain_share: float = _setting(0.10, "share of free reach", "Least reach gained to count as expanded.")
    regained_min: float = _setting(5.0, "min", "Least minutes saved for a service to count as regained.")
    outside_survey_share: float = _setting(
        0.10, "share of free reach", "Above this share outside the surveyed area, freedom is an upper bound."
    )
    water_min: float = _setting(15.0, "min, one way", "Standard walking time to water.")
    school_min: float = _setting(60.0, "min, one way", "Standard walking time to a school.")
    health_min: float = _setting(60.0, "min, one way", "Standard walking time to a health post.")
    market_min: float = _setting(120.0, "min, one way", "Standard walking time to a market.")
    contact_m: float = _setting(1000.0, "m", "A community this near to an open hazard is exposed.")
    rings_m: tuple[float, ...] = _setting((0.0, 500.0, 1000.0, 5000.0), "m", "Cumulative distance rings.")
    victim_within_m: float = _setting(
        5000.0, "m", "A victim whose community is not recorded counts for the nearest one within this distance."
    )
    livelihood_least_ha: float = _setting(
        1.0, "ha", "Least livelihood land that blocks a community, and least regained for its risk to be mitigated."
    )
    mitigated_share: float = _setting(
        0.05, "share of livelihood land held back", "Least share regained for the risk to livelihoods to be mitigated."
    )
    severe_freedom: float = _setting(
        0.80,
        "share",
        "Where nobody surveyed impact, most seriously affected is less freedom than this, or a service cut.",
    )
    cohort_classes: int = _setting(
        1, "classes", "Most seriously affected: 1 = impact class high at the baseline, 2 = high and medium."
    )
    position_error_m: float = _setting(25.0, "m", "Stated position error of the hazard outlines.")

    def __post_init__(self) -> None:
        for name in self.__dataclass_fields__:
            _check(name, getattr(self, name))
        if not isinstance(self.moves, int) or self.moves not in (8, 16, 32):
            raise SettingError(f"moves is {self.moves}; use 8, 16 or 32.")
        if self.cohort_classes not in (1, 2):
            raise SettingError(f"cohort_classes is {self.cohort_classes}; use 1 (high) or 2 (high and medium).")
        if self.contact_m not in self.rings_m:
            raise SettingError(f"contact_m is {self.contact_m:g} m, which is not one of rings_m; add it there.")

    def standard_min(self, kind: str) -> float:
        """One-way standard for a service kind, minutes."""
        return float(getattr(self, f"{kind}_min"))

    @property
    def longest_min(self) -> float:
        """The longest time any result needs, minutes; walks beyond it are null."""
        return max(self.reach_min, *(self.standard_min(kind) for kind in SERVICE_KINDS))


def settings_from(table: Mapping[str, Any]) -> Settings:
    """Settings from the `[settings]` table of programme.toml. Raises SettingError naming a wrong entry."""
    known = {field.name for field in dataclasses.fields(Settings)}
    unknown = sorted(set(table) - known)
    if unknown:
        raise SettingError(f"Unknown setting: {', '.join(unknown)}. Known settings: {', '.join(sorted(known))}.")
    values = dict(table)
    try:
        if "rings_m" in values:
            # As they are: what is not a number is refused by name below.
            values["rings_m"] = tuple(values["rings_m"])
        if "landcover_kmh" in values:
            given = {int(code): float(kmh) for code, kmh in values["landcover_kmh"].items()}
            values["landcover_kmh"] = MappingProxyType({**LANDCOVER_KMH, **given})
    except (TypeError, ValueError, AttributeError) as error:
        raise SettingError(f"rings_m is a list of numbers, landcover_kmh a table of class = km/h: {error}.") from error
    return Settings(**values)


def settings_table() -> list[dict[str, Any]]:
    """One row per setting: name, default, unit, help."""
    defaults = Settings()
    return [
        {"name": f.name, "default": getattr(defaults, f.name), "unit": f.metadata["unit"], "help": f.metadata["help"]}
        for f in dataclasses.fields(Settings)
    ]


def described(values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of `settings_table` for some settings, each with its value."""
    return [row | {"value": values[row["name"]]} for row in settings_table() if row["name"] in values]


# Wider than any programme needs; beyond them arithmetic or the machine gives up.
_LARGEST = 100_000.0
_BOUNDS = MappingProxyType(
    {
        "cell_m": (1.0, 10_000.0), "offroad_kmh": (0.1, 30.0), "route_kmh": (0.1, 30.0), "reach_min": (1.0, 1440.0),
        "water_min": (1.0, 1440.0), "school_min": (1.0, 1440.0), "health_min": (1.0, 1440.0),
        "market_min": (1.0, 1440.0), "position_error_m": (0.1, 5000.0),
    }
)  # fmt: skip


def _share_or(name: str) -> float:
    """1 for the settings that are shares, else the largest value of all."""
    return 1.0 if name.endswith(("_share", "_freedom")) else _LARGEST


def _check(name: str, value: Any) -> None:
    if name == "landcover_kmh":
        bad = [code for code, kmh in value.items() if kmh != 0 and not 0.1 <= kmh <= 30]
        if bad:
            raise SettingError(f"landcover_kmh of class {bad[0]} must be 0, or from 0.1 to 30 km/h.")
        return
    numbers = value if isinstance(value, tuple) else (value,)
    for number in numbers:
        if isinstance(number, bool) or not isinstance(number, int | float) or not math.isfinite(number):
            raise SettingError(f"{name} must be a number, not {number!r}.")
        if number < 0 or (number == 0 and name != "rings_m"):
            raise SettingError(f"{name} must be above 0, not {number}.")
        low, high = _BOUNDS.get(name, (0.0, _share_or(name)))
        if not low <= number <= high:
            raise SettingError(f"{name} is {number:g}; use a value from {low:g} to {high:g}.")
    if name == "rings_m" and list(value) != sorted(set(value)):
        raise SettingError("rings_m must rise from one distance to the next.")
