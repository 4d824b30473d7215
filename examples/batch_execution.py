"""Run a batch job over a file: the article's second program, in Python 3.

Unchanged but for the host and the keys, which come from the environment, and for the
upload, which uses today's azure-storage-blob package and makes the container.
BRAMKA_URL (a gateway with the API's suffix, or the services themselves), WORKSPACE,
SERVICE, API_KEY, SUBSCRIPTION_KEY when BRAMKA_URL is a gateway, and
STORAGE_CONNECTION_STRING. Arguments: the input file and the output file.
"""

# The article's own names and shape are kept.
# ruff: noqa: C901, N802, N803, N806, PLR0915, PTH123

import json
import os
import sys
import time
import urllib.error
import urllib.request

from azure.storage.blob import BlobServiceClient

host = os.environ["BRAMKA_URL"]
workspace = os.environ["WORKSPACE"]
service = os.environ["SERVICE"]
api_key = os.environ["API_KEY"]
subscription_key = os.environ.get("SUBSCRIPTION_KEY", "")
connection_string = os.environ["STORAGE_CONNECTION_STRING"]
storage_container_name = os.environ.get("STORAGE_CONTAINER", "batch")
input_file = sys.argv[1]  # Example: mydata.csv
output_file = sys.argv[2]  # Example: myresults.csv
input_blob_name = "mydatablob.csv"
output_blob_name = "myresultsblob.csv"


def printHttpError(httpError):
    print("The request failed with status code: " + str(httpError.code))
    print(httpError.info())
    print(json.loads(httpError.read()))


def saveBlobToFile(blobUrl, resultsLabel):
    print("Reading the result from " + blobUrl)
    try:
        response = urllib.request.urlopen(blobUrl)
    except urllib.error.HTTPError as error:
        printHttpError(error)
        return
    with open(output_file, "wb+") as f:
        f.write(response.read())
    print(resultsLabel + " have been written to the file " + output_file)


def processResults(result):
    first = True
    results = result["Results"]
    for outputName in results:
        result_blob_location = results[outputName]
        sas_token = result_blob_location["SasBlobToken"]
        base_url = result_blob_location["BaseLocation"]
        relative_url = result_blob_location["RelativeLocation"]
        print(
            "The results for "
            + outputName
            + " are available at the following Azure Storage location:"
        )
        print("BaseLocation: " + base_url)
        print("RelativeLocation: " + relative_url)
        print("SasBlobToken: " + sas_token)
        if first:
            first = False
            url3 = base_url + relative_url + sas_token
            saveBlobToFile(url3, "The results for " + outputName)


def invokeBatchExecutionService():
    url = host + "/workspaces/" + workspace + "/services/" + service + "/jobs"
    blob_service = BlobServiceClient.from_connection_string(connection_string)
    print("Uploading the input to blob storage...")
    container = blob_service.get_container_client(storage_container_name)
    if not container.exists():
        container.create_container()
    with open(input_file, "rb") as data_to_upload:
        container.upload_blob(input_blob_name, data_to_upload, overwrite=True)
    print("Uploaded the input to blob storage")
    input_blob_path = "/" + storage_container_name + "/" + input_blob_name
    payload = {
        "Input": {
            "ConnectionString": connection_string,
            "RelativeLocation": input_blob_path,
        },
        "Outputs": {
            "output1": {
                "ConnectionString": connection_string,
                "RelativeLocation": "/"
                + storage_container_name
                + "/"
                + output_blob_name,
            },
        },
        "GlobalParameters": {},
    }
    body = str.encode(json.dumps(payload))
    headers = {
        "Content-Type": "application/json",
        "Authorization": ("Bearer " + api_key),
        "Ocp-Apim-Subscription-Key": subscription_key,
    }
    print("Submitting the job...")
    # submit the job
    req = urllib.request.Request(url + "?api-version=2.0", body, headers)
    try:
        response = urllib.request.urlopen(req)
    except urllib.error.HTTPError as error:
        printHttpError(error)
        return
    result = response.read().decode()
    job_id = result[1:-1]  # remove the enclosing double-quotes
    print("Job ID: " + job_id)
    # start the job
    print("Starting the job...")
    req = urllib.request.Request(
        url + "/" + job_id + "/start?api-version=2.0", b"", headers
    )
    try:
        response = urllib.request.urlopen(req)
    except urllib.error.HTTPError as error:
        printHttpError(error)
        return
    url2 = url + "/" + job_id + "?api-version=2.0"

    while True:
        print("Checking the job status...")
        req = urllib.request.Request(
            url2,
            headers={
                "Authorization": ("Bearer " + api_key),
                "Ocp-Apim-Subscription-Key": subscription_key,
            },
        )
        try:
            response = urllib.request.urlopen(req)
        except urllib.error.HTTPError as error:
            printHttpError(error)
            return
        result = json.loads(response.read())
        status = result["StatusCode"]
        print("status:" + status)
        if status in {0, "NotStarted"}:
            print("Job " + job_id + " not yet started...")
        elif status in {1, "Running"}:
            print("Job " + job_id + " running...")
        elif status in {2, "Failed"}:
            print("Job " + job_id + " failed!")
            print("Error details: " + result["Details"])
            break
        elif status in {3, "Cancelled"}:
            print("Job " + job_id + " cancelled!")
            break
        elif status in {4, "Finished"}:
            print("Job " + job_id + " finished!")
            processResults(result)
            break
        time.sleep(1)  # wait one second


invokeBatchExecutionService()
