"""How soon a bridge tells of itself again once its receiver answers no more, or again."""

from itertools import accumulate

from bridge.reporting.reporter import LONGEST_SECONDS, REPORT_SECONDS, pause_after
from receiver.page.shown.bridges import SILENT


def test_after_any_outage_a_bridge_reports_before_it_would_be_called_silent() -> None:
    pauses = list(accumulate(range(20), lambda pause, _: pause_after(pause), initial=2.0))
    assert pauses[:3] == [2.0, 2 * REPORT_SECONDS, LONGEST_SECONDS]
    assert max(pauses) + REPORT_SECONDS < SILENT.total_seconds() / 3
