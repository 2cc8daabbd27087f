"""The figures and accounts of SPEC 3 to 5 by plain loops over raw facts: slow, simple, and written without a look at
the product.

What the product answers is held against this: `Firm(envelopes)` reads them, `figure` and `by` give its figures,
`Firm.account(customer).statement(moment)` an account.
"""

from tests.by_hand.account import Account, Line, Reliability, Sensitivity, Statement
from tests.by_hand.customers import Customer
from tests.by_hand.facts import LIFE, Envelope, counting, recorded_at, survivors, time_of
from tests.by_hand.figures import FIGURES, by, figure, gini
from tests.by_hand.firm import Firm
from tests.by_hand.hours import BERLIN, HOLIDAYS, SHIPPED, Hours, later, open_time, open_windows
from tests.by_hand.incidents import Incident
from tests.by_hand.promises import (
    Life,
    Shares,
    charged_to_promised,
    end,
    enough_notice,
    late,
    late_business_hours,
    late_hours,
    live,
    lives,
    quantile,
    shares,
)
from tests.by_hand.questions import Contact, Question

__all__ = [
    "BERLIN",
    "FIGURES",
    "HOLIDAYS",
    "LIFE",
    "SHIPPED",
    "Account",
    "Contact",
    "Customer",
    "Envelope",
    "Firm",
    "Hours",
    "Incident",
    "Life",
    "Line",
    "Question",
    "Reliability",
    "Sensitivity",
    "Shares",
    "Statement",
    "by",
    "charged_to_promised",
    "counting",
    "end",
    "enough_notice",
    "figure",
    "gini",
    "late",
    "late_business_hours",
    "late_hours",
    "later",
    "live",
    "lives",
    "open_time",
    "open_windows",
    "quantile",
    "recorded_at",
    "shares",
    "survivors",
    "time_of",
]
