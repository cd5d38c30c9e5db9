"""Everything this service refuses, as one tree. Leaves also inherit the builtin they resemble."""


class HazardServiceError(Exception):
    """Base of every error raised on purpose. Its text is one sentence that says what to do."""


class ProgrammeError(HazardServiceError, ValueError):
    """A programme folder or its programme.toml cannot be used."""


class LayerError(ProgrammeError):
    """A whole layer cannot be used (a single bad row is a finding, not an error)."""


class NoCrsError(LayerError):
    """A layer does not say in which coordinate reference system it is."""


class FileFormatError(LayerError):
    """A file is not what its extension says, or is too large to be opened safely."""


class DateError(HazardServiceError, ValueError):
    """A date that cannot be answered: malformed, or later than the data date."""


class KindError(HazardServiceError, ValueError):
    """A hazard kind that the vocabulary does not hold, or none at all."""


class SettingError(HazardServiceError, ValueError):
    """A setting is unknown or its value cannot be used."""


class WalkError(HazardServiceError, ValueError):
    """Arrays that cannot be walked over."""


class ShelfError(HazardServiceError, FileNotFoundError):
    """The geodata or maps shelf was not found beside the code."""


class UnsafeAddressError(HazardServiceError, ValueError):
    """The server was asked to listen beyond this machine."""


class PortError(HazardServiceError, OSError):
    """The server cannot listen where it was asked to."""


class UnknownAssetError(HazardServiceError, LookupError):
    """A page names a script or style that is not in the offline store."""


class ParameterError(HazardServiceError, ValueError):
    """A page, answer or file was asked for with parameters that cannot be used."""


class ProjectionError(HazardServiceError, ValueError):
    """The past is too short to project from."""


class ReportError(HazardServiceError, ValueError):
    """A report that cannot be made as asked."""


class ReplayError(HazardServiceError, ValueError):
    """A saved number cannot be counted again, or is another one now."""
