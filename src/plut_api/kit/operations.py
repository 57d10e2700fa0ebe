"""What an operation is called, in the contract and in the logs."""

from fastapi.routing import APIRoute


def operation_id(route: APIRoute) -> str:
    """`list_actors` becomes `listActors`: the name that a generated client gives the method."""
    first, *rest = route.name.split("_")
    return first + "".join(word.capitalize() for word in rest)
