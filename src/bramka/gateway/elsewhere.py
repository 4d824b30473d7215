"""Policies of the cloud that this gateway does not have, and why.

A document that uses one is refused when it is saved: leaving it out silently would
change what the document means.
"""

_FABRIC = "it belongs to Dapr, which this gateway does not run beside"
_AZURE_DATA = "it resolves GraphQL fields, which is done by the service behind the API"
_MODELS = "it needs a vector cache and an embeddings service of the cloud"

ELSEWHERE = {
    "azure-openai-semantic-cache-lookup": _MODELS,
    "azure-openai-semantic-cache-store": _MODELS,
    "cosmosdb-data-source": _AZURE_DATA,
    "http-data-source": _AZURE_DATA,
    "invoke-dapr-binding": _FABRIC,
    "llm-content-safety": "it needs the content safety service of the cloud",
    "llm-semantic-cache-lookup": _MODELS,
    "llm-semantic-cache-store": _MODELS,
    "publish-event": _AZURE_DATA,
    "publish-to-dapr": _FABRIC,
    "send-service-bus-message": (
        "it needs the message bus of the cloud; use send-one-way-request or "
        "log-to-eventhub"
    ),
    "sql-data-source": _AZURE_DATA,
    "validate-graphql-request": "requests to GraphQL are passed on unread",
    "validate-odata-request": "requests to OData are passed on unread",
}
"""Name of the element → why it is refused."""

ATTRIBUTES_ELSEWHERE = {
    "sf-": "it is for Service Fabric; name a backend by its URL or id",
    "dapr-": "it is for Dapr, which this gateway does not run beside",
}
"""How an attribute begins → why it is refused."""
