"""What the five classes of collectibility are called (POJK 40/POJK.03/2019, as reported)."""

from collections.abc import Mapping

from plut_api.kit.i18n import Text

CLASSES: Mapping[int, Text] = {
    1: Text(id="lancar", en="current"),
    2: Text(id="dalam perhatian khusus", en="special mention"),
    3: Text(id="kurang lancar", en="substandard"),
    4: Text(id="diragukan", en="doubtful"),
    5: Text(id="macet", en="loss"),
}
