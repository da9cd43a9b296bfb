"""Every rule a value can break or strain, with what people read: what is wrong and how to mend it."""

from django.utils.translation import gettext_lazy as _

from guiju.kit.errors import Problem, Words

RULES: dict[str, tuple[Words, Words]] = {
    "empty": (_("A value is missing."), _("Fill in the value.")),
    "too-long": (_("The text is too long."), _("Shorten it, or put it into the remarks.")),
    "scientific-notation": (
        _("A spreadsheet has turned this number into powers of ten, so its last digits are lost."),
        _("Format the column as text in the source and export it again."),
    ),
    "name-without-letters": (_("This name has no letters."), _("Write the name, or leave the cell empty.")),
    "phone-without-digits": (
        _("This is no telephone number."),
        _("Write the number with its digits, or leave the cell empty."),
    ),
    "phone-unverified": (
        _("The number does not exist in this form in its country. It is kept as it was written."),
        _("Check the number and the country."),
    ),
    "email-syntax": (_("This is no e-mail address."), _("Write it as name@example.com.")),
    "resident-id-form": (
        _("A resident identity number has 17 digits and then a digit or X."),
        _("Compare it with the identity card."),
    ),
    "resident-id-old": (
        _("This is a 15-digit number of the first generation, which is no longer valid."),
        _("Ask for the 18-character number."),
    ),
    "resident-id-date": (
        _("The digits of the birth date name no day of the calendar."),
        _("Compare it with the identity card."),
    ),
    "resident-id-checksum": (
        _("The last character does not match the others, so one of them is mistyped."),
        _("Compare it with the identity card."),
    ),
    "uscc-form": (
        _("A unified social credit code has 18 digits and capital letters, without I, O, S, V and Z."),
        _("Compare it with the business licence."),
    ),
    "uscc-checksum": (
        _("The last character does not match the others, so one of them is mistyped."),
        _("Compare it with the business licence."),
    ),
    "lei-checksum": (
        _("A legal entity identifier has 20 characters, and the last two must match the others."),
        _("Compare it with the LEI register."),
    ),
    "vat-form": (
        _("A VAT number has a country code and 2 to 14 letters and digits."),
        _("Write the country code in front."),
    ),
    "vat-unverified": (
        _("The VAT number does not match the rules of its country. It is kept as it was written."),
        _("Compare it with an invoice."),
    ),
    "passport-form": (
        _("A passport number has 5 to 15 letters and digits, at least one of them a digit."),
        _("Compare it with the passport."),
    ),
    "registration-form": (
        _("A registration number has up to 40 letters, digits and signs, at least one of them a digit."),
        _("Compare it with the register."),
    ),
    "date-form": (_("This is no date."), _("Write it as year-month-day, for example 1990-02-28.")),
    "date-ambiguous": (
        _("Day and month cannot be told apart."),
        _("Write the date as year-month-day, for example 1990-02-28."),
    ),
    "date-serial": (
        _("A day number of a spreadsheet was read as a date."),
        _("Check the date."),
    ),
    "number-form": (_("This is no number."), _("Write digits, with a point before the decimals.")),
    "choice-unknown": (_("This is not one of the choices."), _("Use one of the choices of the collection standard.")),
    "yes-no": (_("This is neither yes nor no."), _("Write yes or no.")),
    "url-form": (_("This is no web address."), _("Write it as https://example.com.")),
    "language-unknown": (_("This language is not known."), _("Write its code, for example en or zh-Hans.")),
    "country-unknown": (_("This country is not known."), _("Write its two-letter code, for example CN or DE.")),
    "country-kept-as-text": (
        _("This country is not known. It is kept as a line of the address."),
        _("Write its two-letter code, for example CN or DE."),
    ),
    "too-many": (_("There are too many values in one cell."), _("Split them into several columns.")),
    "required": (_("The collection standard requires a value here."), _("Fill in the value.")),
    "surplus-cells": (
        _("The row has more cells than the table has columns, so its values may stand in the wrong columns."),
        _("Put values that hold the delimiter into quotation marks."),
    ),
    "formula": (
        _("The cell holds a formula that was never computed."),
        _("Open the workbook, save it and try again, or paste the column as values."),
    ),
    "spreadsheet-error": (_("The cell holds an error of the spreadsheet."), _("Mend the formula, or clear the cell.")),
    "duplicate": (
        _("This customer is here already: reference, phone, e-mail, identifier or organisation's name is the same."),
        _("Leave the row out, or import it with “merge into” or “create anyway”."),
    ),
    "identifier-taken": (
        _("Another customer already has this identifier, and no two customers may share it."),
        _("Compare the identifier, or leave the row out."),
    ),
    "identifier-refused": (
        _("This identifier cannot be kept here."),
        _("Compare it with its source. If it is right, ask the records administrator."),
    ),
    "duplicate-out-of-reach": (
        _("This customer is here already, in a unit that your role does not reach or erased; it was not merged."),
        _("Ask the records administrator of that unit."),
    ),
    "unit-unknown": (
        _("There is no such unit, or your role does not reach it."),
        _("Write the name of a unit that you may import into, or leave the cell empty."),
    ),
    "owner-unknown": (
        _("No colleague goes by this e-mail address or name, or more than one does."),
        _("Write the e-mail address of a colleague, leave the cell empty, or leave the column out."),
    ),
    "placeholder": (_("A sign for “nothing” was read as empty."), _("Leave the cell empty.")),
}


def problem(rule: str, *, field: str = "") -> Problem:
    """Return the words of a rule as a problem of ``field``."""
    message, remedy = RULES[rule]
    return Problem(field=field, rule=rule, message=message, remedy=remedy)
