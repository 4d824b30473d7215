"""The numbered refusals of modules, as Studio (classic) documents them."""

from bramka.domain.errors import Detail, Invalid


class ModuleError(Invalid):
    """A module refused its input or a parameter, with Studio's number and text.

    `number` is the documented one (1 is "Error 0001"), `module` the name shown to
    people; the wire puts them in a `ModuleExecutionError`.
    """

    code = "ModuleExecutionError"

    def __init__(self, number: int, text: str, *, module: str = "") -> None:
        message = f"Error {number:04}: {text}"
        detail = Detail(code=str(number), target=module, message=message)
        super().__init__(message, target=module, details=(detail,))
        self.number = number
        self.text = text
        self.module = module

    def within(self, module: str) -> "ModuleError":
        """The same refusal, told as this module's unless another one's already."""
        return ModuleError(self.number, self.text, module=self.module or module)
