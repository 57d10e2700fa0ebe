"""What can stand in the way of seeing scores."""

from plut_api.kit.i18n import Text
from plut_api.kit.problems import Conflict, Forbidden, NotFound


class ScoresNotShown(Forbidden):
    """This bank sees no scores today, so it cannot filter by them; the Dinas can change that."""

    code = "scores_not_shown"
    title = Text(
        id="Bank ini tidak melihat skor, jadi tidak dapat menyaring dengan skor",
        en="This bank sees no scores, so it cannot filter by them",
    )


class ScoreDisclosureNotFound(NotFound):
    """There is no setting by which this organization sees scores, or none that the caller may see."""

    code = "score_disclosure_not_found"
    title = Text(id="Tidak ada pengaturan pembukaan skor", en="There is no setting that shows scores")


class NotABank(Conflict):
    """Scores are shown to banks only."""

    code = "not_a_bank"
    title = Text(id="Skor hanya dapat dibuka kepada bank", en="Scores can be shown to banks only")
