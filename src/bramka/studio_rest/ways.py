"""All ways of the Studio REST."""

from bramka.studio_rest import (
    annotation,
    calling,
    code,
    deployment,
    elsewhere,
    event,
    experiment,
    managing,
    module,
    output,
    package,
    predictive,
    saved,
    upload,
    version,
    webservice,
    workspace,
)
from bramka.studio_rest.router import Way


def all_ways() -> tuple[Way, ...]:
    """Every way, those of one file behind each other."""
    return (
        *workspace.WAYS,
        *upload.WAYS,
        *saved.WAYS,
        *experiment.WAYS,
        *output.WAYS,
        *event.WAYS,
        *annotation.WAYS,
        *predictive.WAYS,
        *deployment.WAYS,
        *package.WAYS,
        *module.WAYS,
        *elsewhere.WAYS,
        *webservice.WAYS,
        *code.WAYS,
        *version.WAYS,
        *managing.WAYS,
        *calling.WAYS,
    )
