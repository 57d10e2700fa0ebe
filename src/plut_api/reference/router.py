"""HTTP of the reference room. Everything here is public and may be kept by caches."""

from typing import Annotated

from fastapi import Depends, Path, Query, Response

from plut_api.kit import clock
from plut_api.kit.contract import documented, moved
from plut_api.kit.database import Catalogue
from plut_api.kit.pages import PageOf
from plut_api.kit.search import page
from plut_api.kit.web import Router, cacheable
from plut_api.kit.wire import Day, RegionCode, Search
from plut_api.reference import queries, service
from plut_api.reference.models import HolidayKind, KbliLevel, Region, RegionLevel
from plut_api.reference.problems import KbliNotFound, RegionNotFound
from plut_api.reference.schemas import (
    RULE_FORM,
    HolidayPage,
    KbliCode,
    KbliPage,
    KbliRead,
    KbliVersion,
    RegionPage,
    RegionRead,
    RuleValuePage,
)

MINUTES_5, HOUR = 300, 3600
router = Router(tag="reference")

Parents = Annotated[list[RegionCode] | None, Query(max_length=50, description="Only children of these regions.")]
RegionLevels = Annotated[list[RegionLevel] | None, Query(max_length=6, description="Only these levels.")]
IncludeRetired = Annotated[bool, Query(description="Also codes that are no longer valid.")]
RegionCodePath = Annotated[RegionCode, Path(description="Kemendagri code of a region.", examples=["52.71.01.1001"])]
VersionAsked = Annotated[KbliVersion, Query(description="Version of the classification.")]
KbliLevels = Annotated[list[KbliLevel] | None, Query(max_length=5, description="Only these levels.")]
KbliParents = Annotated[list[KbliCode] | None, Query(max_length=50, description="Only children of these codes.")]
VersionPath = Annotated[KbliVersion, Path(description="Version of the classification.", examples=["2025"])]
KbliCodePath = Annotated[KbliCode, Path(description="KBLI code.", examples=["10307"])]
YearAsked = Annotated[int | None, Query(ge=1945, le=2100, description="Only this calendar year.", examples=[2026])]
From = Annotated[Day | None, Query(alias="from", description="First day.", examples=["2026-01-01"])]
To = Annotated[Day | None, Query(description="Last day.", examples=["2026-12-31"])]
HolidayKinds = Annotated[list[HolidayKind] | None, Query(max_length=2, description="Only these kinds.")]
RulePrefix = Annotated[
    str | None,
    Query(
        max_length=100,
        pattern=RULE_FORM.replace("*$", r"*\.?$"),
        description="What the codes begin with.",
        examples=["size.micro"],
    ),
]
On = Annotated[Day | None, Query(description="The day the values hold on; today (WITA) by default.")]


@router.get("/v1/regions", dependencies=[Depends(cacheable(HOUR))], summary="List regions")
async def list_regions(
    db: Catalogue,
    paging: PageOf,
    parent: Parents = None,
    level: RegionLevels = None,
    q: Search = None,
    include_retired: IncludeRetired = False,
) -> RegionPage:
    """The province, its regencies and cities, districts and villages, in order of code.

    `parent` walks down the tree. With `q` the likest names come first, misspelling is forgiven. Codes that are no
    longer valid are left out unless `include_retired` asks for them; each of them names its successor.
    """
    found = queries.regions(parents=parent, levels=level, text=q, include_retired=include_retired)
    return RegionPage.model_validate(await page(db, paging, found), from_attributes=True)


@router.get(
    "/v1/regions/{code}",
    dependencies=[Depends(cacheable(HOUR))],
    response_model=RegionRead,
    responses=moved() | documented(RegionNotFound),
    summary="Read a region",
)
async def get_region(code: RegionCodePath, db: Catalogue) -> Region | Response:
    """One region by its code. A retired code answers 308: `Location` is the region that took its place."""
    return _here_or_moved(await service.region_by_code(db, code))


@router.get("/v1/kbli", dependencies=[Depends(cacheable(HOUR))], summary="List KBLI codes")
async def list_kbli(
    db: Catalogue,
    paging: PageOf,
    version: VersionAsked = KbliVersion.v2025,
    level: KbliLevels = None,
    parent: KbliParents = None,
    q: Search = None,
) -> KbliPage:
    """Codes of one version of the industrial classification, in order of code.

    `q` takes the first digits of a code or words of a title, misspelling is forgiven; the likest come first. Versions
    are never mixed: the same digits can mean another activity in another version.
    """
    found = queries.kbli(version=version, levels=level, parents=parent, text=q)
    return KbliPage.model_validate(await page(db, paging, found), from_attributes=True)


@router.get(
    "/v1/kbli/{version}/{code}",
    dependencies=[Depends(cacheable(HOUR))],
    responses=documented(KbliNotFound),
    summary="Read a KBLI code",
)
async def get_kbli(version: VersionPath, code: KbliCodePath, db: Catalogue) -> KbliRead:
    """One code of one version."""
    return KbliRead.model_validate(await service.kbli_by_code(db, version, code))


@router.get("/v1/holidays", dependencies=[Depends(cacheable(HOUR))], summary="List holidays")
async def list_holidays(
    db: Catalogue,
    paging: PageOf,
    year: YearAsked = None,
    first: From = None,
    to: To = None,
    kind: HolidayKinds = None,
) -> HolidayPage:
    """National holidays and joint leave of a `year`, or `from` one day `to` another, in order of day.

    Covers this year and the next. Days that follow the moon are marked `estimated` until they are decreed.
    """
    opening, closing = service.days_asked_for(year, first, to)
    found = queries.holidays_between(first=opening, last=closing, kinds=kind)
    return HolidayPage.model_validate(await page(db, paging, found), from_attributes=True)


@router.get("/v1/rule-values", dependencies=[Depends(cacheable(MINUTES_5))], summary="List rule values")
async def list_rule_values(db: Catalogue, paging: PageOf, code: RulePrefix = None, on: On = None) -> RuleValuePage:
    """The thresholds, bounds and terms that this service decides by, as they hold on a day, each with its source.

    `code` is the beginning of the codes wanted: `size.` gives the bounds of the size classes.
    """
    found = queries.values_in_force(code or "", on or clock.today())
    return RuleValuePage.model_validate(await page(db, paging, found), from_attributes=True)


def _here_or_moved(region: Region) -> Region | Response:
    if region.successor_code is None:
        return region
    location = f"/v1/regions/{region.successor_code}"
    return Response(status_code=308, headers={"Location": location, "Cache-Control": f"public, max-age={HOUR}"})
