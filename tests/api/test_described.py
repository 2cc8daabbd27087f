"""What the API says of itself holds: whatever is asked, it answers as described, and never with a mistake of ours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from api.routes import ROUTES
from domain.vocabulary import FACTS
from tests.api.firm import asked
from tests.api.serving import HOST, Api
from tests.controls import EXAMPLES
from tests.stores import lasting_folder

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    ignored_auth,
    unsupported_method,
]
NO_KEY = 4
"""/health, /ready, /hooks and /feeds."""

times = pytest.mark.parametrize(
    "examples", [pytest.param(10, id="short"), pytest.param(500, id="long", marks=pytest.mark.long)]
)


@pytest.fixture(scope="module")
def api(request: pytest.FixtureRequest) -> Iterator[Api]:
    with asked(lasting_folder("sqlite", "described", request)) as opened:
        yield opened


@times
def test_whatever_is_asked_is_answered_as_described(api: Api, examples: int):
    schema = schemathesis.openapi.from_url(f"http://{HOST}:{api.port}/openapi.json")
    heading = {"Authorization": f"Bearer {api.key('facts:write', 'read', 'alerts', 'admin')}"}
    operations = [result.ok() for result in schema.get_all_operations()]
    assert len(operations) == len(ROUTES) + NO_KEY
    statuses: dict[str, set[int]] = {}
    for operation in operations:
        holds(operation, heading, examples, statuses.setdefault(operation.label, set()))
    assert len(statuses) == len(operations)
    assert {200, 422} <= set().union(*statuses.values())


def holds(operation: Any, heading: dict[str, str], examples: int, statuses: set[int]) -> None:
    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=examples < 100,
        database=None,
        phases=[Phase.explicit, Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def answered(case: Any) -> None:
        response = case.call(headers=heading)
        statuses.add(response.status_code)
        case.validate_response(response, checks=CHECKS, headers=heading)

    answered()


def test_the_vocabulary_names_every_type_of_fact_as_a_message_that_fits_its_agreed_example(api: Api):
    told = api.ask("GET", "/asyncapi.json").json
    assert told["asyncapi"] == "3.0.0"
    assert set(told["channels"]["facts"]["messages"]) == set(told["components"]["messages"]) == set(FACTS)
    for example in EXAMPLES.values():
        message = told["components"]["messages"][example["type"]]
        schema = {**message["payload"], "components": told["components"]}
        jsonschema.validate(dict(example), schema)
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({**example, "type": "promise.mad"}, schema)
