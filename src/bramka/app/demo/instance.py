"""The demo: the article's service instance, API, products, keys and web service.

Loading it again keeps data, ids and keys; only addresses follow the settings.
"""

from pathlib import Path

import msgspec
from msgspec import Struct

from bramka.app.clock import SystemChance
from bramka.app.database import open_store
from bramka.app.demo.api import (
    DEVELOPER_EMAIL,
    Keys,
    set_up_api,
    set_up_developer,
    set_up_subscriptions,
)
from bramka.app.demo.service import DemoService, set_up_service
from bramka.app.keeping.secrets import open_secrets
from bramka.app.settings import Settings
from bramka.app.shared import open_packages
from bramka.app.whole import write_whole
from bramka.domain.clock import Chance
from bramka.domain.errors import Conflict
from bramka.domain.traffic.instance import ServiceInstance
from bramka.store import access_token, instance, user
from bramka.store.service import endpoint_by_id
from bramka.store.transaction import Transaction
from bramka.studio.package_folder import contents_in

NAME = "demoazureml"
ADMINISTRATOR_EMAIL = "administrator@demoazureml.example"
FILE = "demo.json"


class Management(Struct, kw_only=True):
    """How a script reaches the management REST."""

    base_url: str
    subscription_id: str
    resource_group: str
    service_name: str
    token: str


class Person(Struct):
    """Who may sign in."""

    email: str
    password: str


class Demo(Struct, kw_only=True):
    """What scripts and tests find in demo.json; names and fields are a promise."""

    gateway_url: str
    services_url: str
    console_url: str
    blobs_connection_string: str
    workspace: str
    service: str
    api_key: str
    starter_key: str
    unlimited_key: str
    management: Management
    admin: Person
    developer: Person


def load(settings: Settings) -> None:
    """Make what is missing of the demo, and write demo.json."""
    store, chance = open_store(settings), SystemChance()
    before = _read(settings.data / FILE)
    with store.reading() as transaction:
        _refuse_foreign(transaction)
    service = set_up_service(store, chance, settings)
    packages = open_packages(settings)
    with store.writing() as transaction:
        management, admin = _set_up_instance(transaction, chance, settings, before)
        url_before = before.services_url if before else None
        if url_before != settings.services_url:
            endpoint = endpoint_by_id(transaction, service.endpoint)
            definition = contents_in(packages.folder_of(endpoint.package)).definition
            url = settings.services_url
            set_up_api(transaction, endpoint, definition, url, url_before)
        password = None if before else chance.hex(12)
        set_up_developer(transaction, password)
        keys = set_up_subscriptions(transaction, chance)
    developer = before.developer if before else Person(DEVELOPER_EMAIL, password or "")
    demo = _demo(settings, service, keys, management, admin, developer)
    write_whole(settings.data / FILE, msgspec.to_builtins(demo), mode=0o600)
    store.engine.dispose()


def _read(path: Path) -> Demo | None:
    """What was written last time; None if there is nothing that fits."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Demo)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def _refuse_foreign(transaction: Transaction) -> None:
    record = instance.find(transaction)
    if record is not None and record.noun.name != NAME:
        raise Conflict(
            f"This data folder holds the instance '{record.noun.name}', which is not "
            "the demo; leave --demo away, or choose another folder with --data."
        )


def _set_up_instance(
    transaction: Transaction, chance: Chance, settings: Settings, before: Demo | None
) -> tuple[Management, Person]:
    """The instance with a token and a password that work."""
    record = instance.find(transaction)
    if record is None:
        wanted = ServiceInstance(
            name=NAME, publisher_name=NAME, publisher_email=ADMINISTRATOR_EMAIL
        )
        created = instance.create(transaction, chance, wanted)
        noun, token = created.instance, created.token
        admin = Person(noun.publisher_email, created.password)
    else:
        noun = record.noun
        token = before.management.token if before else ""
        if access_token.find(transaction, token) is None:
            token = access_token.issue(transaction, chance, role="owner", name="demo")
        admin = before.admin if before else _new_admin(transaction, chance)
    management = Management(
        base_url=settings.console_url,
        subscription_id=noun.subscription_id,
        resource_group=noun.resource_group,
        service_name=noun.name,
        token=token,
    )
    return management, admin


def _new_admin(transaction: Transaction, chance: Chance) -> Person:
    """A new password: demo.json is gone, and the old one cannot be read back."""
    password = chance.hex(12)
    user.set_password(transaction, instance.ADMINISTRATOR, password)
    email = user.USERS.get(transaction, instance.ADMINISTRATOR).noun.email
    return Person(email, password)


def _demo(
    settings: Settings,
    service: DemoService,
    keys: Keys,
    management: Management,
    admin: Person,
    developer: Person,
) -> Demo:
    account_key = open_secrets(settings.data).blob_account_key
    return Demo(
        gateway_url=settings.gateway_url,
        services_url=settings.services_url,
        console_url=settings.console_url,
        blobs_connection_string=(
            f"DefaultEndpointsProtocol={settings.blobs_url.partition(':')[0]};"
            f"AccountName=bramka;AccountKey={account_key};"
            f"BlobEndpoint={settings.blobs_url}/bramka;"
        ),
        workspace=service.workspace,
        service=service.endpoint,
        api_key=service.api_key,
        starter_key=keys.starter,
        unlimited_key=keys.unlimited,
        management=management,
        admin=admin,
        developer=developer,
    )
