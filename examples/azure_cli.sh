#!/bin/sh
# Drive an instance with Azure's own command line: sign in, import an API, put it into
# a product, look, and take it away again. docs/guides/old-clients.md says what is needed.
#
#   sh examples/azure_cli.sh https://localhost:8443 TOKEN [--delete-instance]
#
# With --delete-instance, which takes an owner's token, the instance itself is deleted
# and restored at the end: for that moment no gateway serves its APIs.
set -eu
url=$1 token=$2 last=${3:-}
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
# Neither your clouds nor your sign-ins are touched.
export AZURE_CONFIG_DIR="$here/azure" AZURE_CORE_COLLECT_TELEMETRY=false
export AZURE_CORE_ONLY_SHOW_ERRORS=true

az cloud register --name bramka --endpoint-resource-manager "$url"
az cloud set --name bramka
az login --service-principal --tenant 00000000-0000-0000-0000-000000000000 \
  --username anyone --password "$token" --output none

set -- $(az apim list --query '[0].[name, resourceGroup, publisherEmail]' --output tsv)
name=$1 group=$2 email=$3
publisher=$(az apim list --query '[0].publisherName' --output tsv)
az apim create --name "$name" --resource-group "$group" --location local \
  --publisher-email "$email" --publisher-name "$publisher" --query provisioningState

cat >"$here/pets.json" <<'DOCUMENT'
{"openapi": "3.0.1", "info": {"title": "Pets", "version": "1"},
 "servers": [{"url": "https://pets.example.com/v1"}],
 "paths": {"/pets": {"get": {"operationId": "list-pets", "summary": "All pets",
                             "responses": {"200": {"description": "Pets"}}}}}}
DOCUMENT
at="--service-name $name --resource-group $group"
az apim api import $at --api-id pets --path pets --specification-format OpenApiJson \
  --specification-path "$here/pets.json" --query serviceUrl
az apim api operation list $at --api-id pets --output table
az apim product api add $at --product-id starter --api-id pets --query name
az apim api show $at --api-id pets --query displayName
az apim product api delete $at --product-id starter --api-id pets
az apim api delete $at --api-id pets --delete-revisions true --yes
if az apim api show $at --api-id pets >"$here/told" 2>&1; then
  echo "The API is still there." >&2
  exit 1
fi
grep ResourceNotFound "$here/told" | head -1

if [ "$last" = --delete-instance ]; then
  id=$(az apim show --name "$name" --resource-group "$group" --query id --output tsv)
  az apim delete --name "$name" --resource-group "$group" --yes
  az apim list --query 'length(@)'
  az apim deletedservice show --service-name "$name" --location local \
    --query '[name, deletionDate]' --output tsv
  az rest --method put --url "$id?api-version=2024-05-01" \
    --body '{"properties": {"restore": true}}' --query properties.provisioningState
  az apim show --name "$name" --resource-group "$group" --query name
fi
