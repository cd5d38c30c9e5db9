"""The page of data: every collection, what it is, and links to it in every format."""

from hazard_service.downloads.asked import GAINS
from hazard_service.downloads.formats import FORMATS
from hazard_service.dress import render
from hazard_service.layers import Programme
from hazard_service.ogc.collections import COLLECTIONS
from hazard_service.ogc.crs import offered
from hazard_service.reports.files import licence_of
from hazard_service.vocabulary import NO_RECORD, NOT_FOR_SAFETY


def data_page(programme: Programme) -> str:
    """HTML; its links are of the service that serves it."""
    return render(
        "data.html",
        programme=programme,
        licence=licence_of(programme),
        collections=COLLECTIONS.values(),
        slow=GAINS,
        formats=FORMATS.values(),
        systems=offered(programme).values(),
        not_for_safety=NOT_FOR_SAFETY,
        no_record=NO_RECORD,
    )
