"""What can stand in the way of comparing rule sets."""

from plut_api.kit.i18n import Text
from plut_api.kit.problems import NotFound, Unprocessable


class RuleSetNotFound(NotFound):
    """No release brought a rule set of this version."""

    code = "rule_set_not_found"
    title = Text(id="Versi aturan ini tidak ada", en="There is no such rule set")


class RuleSetsNotComparable(Unprocessable):
    """One judges businesses, the other cooperatives."""

    code = "rule_sets_not_comparable"
    title = Text(
        id="Kedua aturan menilai hal yang berbeda: usaha dan koperasi",
        en="The two rule sets judge different things: businesses and cooperatives",
    )
