"""schemathesis asks what the OpenAPI document says, within bounds: no server error, every answer as described."""

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

# Not asked: that whatever the document allows is accepted, and whatever it does not is refused. Dates may not be later
# than the data date and filters must name queryables, which no schema can say; and a limit above the maximum is read
# as the maximum, as the standard wants.
CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    unsupported_method,
)


@pytest.fixture(scope="session")
def described(server):
    """The service as its document describes it."""
    return schemathesis.openapi.from_url(f"{server}/api")


PATHS = (
    "/", "/api", "/conformance", "/crs", "/collections", "/collections/{collectionId}",
    "/collections/{collectionId}/queryables", "/collections/{collectionId}/schema", "/collections/{collectionId}/items",
    "/collections/{collectionId}/items/{featureId}",
)  # fmt: skip


def test_every_path_is_asked(described):
    assert set(described.raw_schema["paths"]) == set(PATHS)


@pytest.mark.requirement("/req/oas30/oas-impl", "/req/oas30/completeness")
@pytest.mark.parametrize("path", PATHS)
def test_every_operation_behaves_as_described(described, path):
    examples = 80 if path.endswith("items") else 15

    @given(described[path]["GET"].as_strategy(generation_mode=GenerationMode.POSITIVE))
    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    def asked_rightly(case):
        case.call_and_validate(checks=CHECKS)

    @given(described[path]["GET"].as_strategy(generation_mode=GenerationMode.NEGATIVE))
    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    def asked_wrongly(case):
        case.call_and_validate(checks=CHECKS)

    asked_rightly()
    asked_wrongly()
