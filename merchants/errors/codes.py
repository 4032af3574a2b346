"""Refusals about scanned and composed codes."""

from __future__ import annotations

from merchants.errors.base import MerchantError


class CodeRefused(MerchantError):
    """Base of everything wrong with a scanned or composed code."""

    code = "code_refused"


class NotMerchantPresented(CodeRefused):
    """The text is not an EMVCo merchant-presented payload at all (a link, a ticket ...)."""

    code = "code_not_emvco"

    def __str__(self) -> str:
        return "this is not an EMVCo merchant-presented code"


class CodeTooLong(CodeRefused):
    """The payload is longer than EMVCo allows."""

    code = "code_too_long"

    def __init__(self, length_count: int, limit_count: int) -> None:
        super().__init__(length_count, limit_count)
        self.length_count = length_count
        self.limit_count = limit_count

    def __str__(self) -> str:
        return f"the payload has {self.length_count} characters, {self.limit_count} are allowed"


class CodeCharacterRefused(CodeRefused):
    """A control, text-direction or unpaired surrogate character, which could hide a payee."""

    code = "code_character_refused"

    def __init__(self, position: int, character: str) -> None:
        super().__init__(position, character)
        self.position = position
        self.character = character

    def __str__(self) -> str:
        return f"character U+{ord(self.character):04X} at position {self.position} is not allowed"


class CodeStructureBroken(CodeRefused):
    """An id or a length that cannot be read, or a value that ends too soon.

    ``within`` is the id of the template whose value is broken, empty for the payload itself;
    ``position`` counts characters from the start of that value.
    """

    code = "code_structure_broken"

    def __init__(self, within: str, position: int, problem: str) -> None:
        super().__init__(within, position, problem)
        self.within = within
        self.position = position
        self.problem = problem

    def __str__(self) -> str:
        place = f"the value of object {self.within}" if self.within else "the payload"
        return f"{self.problem}, at position {self.position} of {place}"


class CodeObjectRefused(CodeRefused):
    """Base of what is wrong with one data object; ``path`` is like ``62.03``."""

    code = "code_object_refused"
    says = "is refused"

    def __init__(self, path: str, rule: str = "") -> None:
        super().__init__(path, rule)
        self.path = path
        self.rule = rule

    def __str__(self) -> str:
        return f"object {self.path} {self.says}" + (f": {self.rule}" if self.rule else "")


class CodeObjectDuplicated(CodeObjectRefused):
    """The same id twice at one level: two readers could see two different payees."""

    code = "code_object_duplicated"
    says = "occurs twice"


class CodeObjectMissing(CodeObjectRefused):
    """A mandatory object is absent."""

    code = "code_object_missing"
    says = "is missing"


class CodeObjectMisplaced(CodeObjectRefused):
    """The format indicator is not first, or the checksum is not last."""

    code = "code_object_misplaced"
    says = "is not in its place"


class CodeObjectInvalid(CodeObjectRefused):
    """The value breaks the object's format."""

    code = "code_object_invalid"
    says = "is not valid"


class CodeObjectUnexpected(CodeObjectRefused):
    """The object may not occur together with the others."""

    code = "code_object_unexpected"
    says = "may not be here"


class CodeAmountInvalid(CodeObjectRefused):
    """An amount, a fee or a percentage that cannot be taken literally."""

    code = "code_amount_invalid"
    says = "is not a valid amount"


class CodeChecksumWrong(CodeRefused):
    """The checksum does not fit the payload: misread, damaged or edited."""

    code = "code_checksum_wrong"

    def __init__(self, printed: str, computed: str) -> None:
        super().__init__(printed, computed)
        self.printed = printed
        self.computed = computed

    def __str__(self) -> str:
        return f"the code says checksum {self.printed}, its content gives {self.computed}"


class CodeNotWritable(CodeRefused):
    """A composed code contradicts itself, so reading it back would not give it again."""

    code = "code_not_writable"

    def __str__(self) -> str:
        return "the code would not read back as it was composed"


class StoreCodeInvalid(CodeRefused):
    """The code names us as the scheme but is not one we could have issued."""

    code = "store_code_invalid"

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule

    def __str__(self) -> str:
        return f"this store code is not genuine: {self.rule}"


class StoreCodeVersionUnknown(CodeRefused):
    """A store code of a layout newer than this software."""

    code = "store_code_version_unknown"

    def __init__(self, version: str) -> None:
        super().__init__(version)
        self.version = version

    def __str__(self) -> str:
        return f"store codes of version {self.version} cannot be read yet"


class LatinNameRequired(CodeRefused):
    """The store's name or city is not ASCII and has no usable transliteration."""

    code = "latin_name_required"

    def __init__(self, name: str, rule: str) -> None:
        super().__init__(name, rule)
        self.name = name
        self.rule = rule

    def __str__(self) -> str:
        return f"{self.name!r} needs a form in Latin letters: {self.rule}"


class ImageUnreadable(CodeRefused):
    """The bytes are not a picture in a format that is accepted."""

    code = "image_unreadable"

    def __str__(self) -> str:
        return "this is not a readable PNG, JPEG, WebP or GIF picture"


class ImageTooLarge(CodeRefused):
    """The picture is beyond what will be decoded, in bytes or in pixels."""

    code = "image_too_large"

    def __init__(self, limit_count: int, unit: str) -> None:
        super().__init__(limit_count, unit)
        self.limit_count = limit_count
        self.unit = unit

    def __str__(self) -> str:
        return f"the picture has more than {self.limit_count} {self.unit}"


class ImageWithoutCode(CodeRefused):
    """No QR code was found in the picture."""

    code = "image_without_code"

    def __str__(self) -> str:
        return "no QR code was found in the picture"


class LineTooLong(CodeRefused):
    """A line of input is longer than any payload could be."""

    code = "line_too_long"

    def __init__(self, limit_count: int) -> None:
        super().__init__(limit_count)
        self.limit_count = limit_count

    def __str__(self) -> str:
        return f"the line has more than {self.limit_count} characters"


class LineNotText(CodeRefused):
    """A line of input is not UTF-8."""

    code = "line_not_text"

    def __str__(self) -> str:
        return "the line is not UTF-8 text"
