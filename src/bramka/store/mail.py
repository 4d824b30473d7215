"""Texts of mails that somebody changed, and who is told of what."""

from bramka.domain.traffic.mail import Notification, Template
from bramka.store.change import QUIET
from bramka.store.collection import Collection

TEMPLATES = Collection(Template, "mail_template", wire=QUIET)
NOTIFICATIONS = Collection(Notification, "notification", wire=QUIET)
