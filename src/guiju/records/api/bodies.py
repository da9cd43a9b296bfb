"""What programs send of customers."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from guiju.access.purposes import BASES, PURPOSES
from guiju.access.shapes import Cursor, Id, Limit, Moment, Number, OneOf, Strict
from guiju.records.api.values import Region, schema
from guiju.records.finding import PAGE, SORTS, Filters

Code = Annotated[str, Field(max_length=40)]
Tags = Annotated[list[Annotated[str, Field(min_length=1, max_length=40)]], Field(max_length=40)]
BasisCode = Annotated[str, OneOf(BASES)]
PurposeCode = Annotated[str, OneOf(PURPOSES)]
Sort = Annotated[str, OneOf(SORTS)]
Columns = Annotated[
    list[Code], Field(max_length=20, description="Fields to show beside the name, by their keys in the standard.")
]


_EXAMPLE: Any = {
    "kind": "person",
    "values": {
        "person-name": "张伟",
        "phones": ["139 0013 9000", {"number": "+86 21 6279 8888", "label": "work", "opt_out": True}],
        "emails": ["zhang.wei@example.com"],
    },
    "basis": "contract",
    "purposes": ["account-management"],
    "source": "web form",
    "region": "CN",
}


class _New(Strict):
    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    kind: Literal["person", "organisation"]
    unit: Number | None = Field(default=None, description="Where the record lies; the unit of the token's person.")
    owner: Id | None = Field(default=None, description="The colleague who looks after the customer.")
    basis: BasisCode = Field(description="The lawful basis.")
    purposes: list[PurposeCode] = Field(min_length=1, max_length=10, description="What it is collected for.")
    source: str = Field(min_length=1, max_length=200, description="Where the data came from.")
    jurisdiction: Region | Literal[""] = ""
    reference: str = Field(default="", max_length=120, description="The customer's number in another system.")
    tags: Tags = []
    region: Region | Literal[""] = Field(default="", description="Country of phone numbers without a country code.")


NewCustomer: Any = create_model(
    "NewCustomer", __base__=_New, __doc__="A customer to keep.", values=(schema(), Field(description="What to keep."))
)


class _Changes(Strict):
    model_config = ConfigDict(json_schema_extra={"examples": [{"values": {"job-title": "Buyer"}, "tags": ["vip"]}]})

    unit: Number | None = None
    owner: Id | None = Field(default=None, description="null for nobody.")
    jurisdiction: Region | Literal[""] | None = None
    reference: str | None = Field(default=None, max_length=120)
    tags: Tags | None = None
    state: Literal["active", "restricted"] | None = Field(default=None, description="Restrict processing, or lift it.")
    region: Region | Literal[""] = Field(default="", description="Country of phone numbers without a country code.")


OptionalValues: Any = schema() | None
CustomerChanges: Any = create_model(
    "CustomerChanges",
    __base__=_Changes,
    __doc__="What to change; what is left out stays, and null removes a value.",
    values=(OptionalValues, Field(default=None)),
)


class Narrowing(BaseModel):
    """What narrows a list."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["person", "organisation"] | None = None
    state: Literal["active", "restricted", "erased"] | None = None
    unit: Number | None = None
    owner: Id | None = None
    tag: Code | None = None
    basis: BasisCode | None = None
    collected_for: PurposeCode | None = None
    jurisdiction: Region | None = None
    import_id: Id | None = None
    initial: Annotated[str, Field(pattern=r"^[A-Z#]$")] | None = None
    created_from: Moment | None = None
    created_until: Moment | None = None

    def filters(self, *, text: str = "", sort: str = "newest") -> Filters:
        """Return these as the filters of a list."""
        given = {name: value for name, value in self if name in Narrowing.model_fields and value is not None}
        given |= {"purpose": given.pop("collected_for", ""), "batch": given.pop("import_id", None)}
        return Filters(**given, text=text, sort=sort)


class Search(Narrowing):
    """A search over names, readings, initials, phones, e-mails and identifiers; the words travel in the body alone."""

    model_config = ConfigDict(extra="forbid", strict=True)

    text: str = Field(min_length=1, max_length=200)
    sort: Sort = "newest"
    limit: Limit = PAGE
    cursor: Cursor = ""
    fields: Columns = ["phones", "emails", "job-title"]


class NewNote(Strict):
    """A note to write."""

    text: str = Field(min_length=1, max_length=20_000)
