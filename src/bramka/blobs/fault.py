"""Refusals of the Blob protocol: Azure's codes, their statuses and sentences."""

FAULTS = {
    "AccountIsDisabled": (403, "The storage account is not known here."),
    "AuthenticationFailed": (
        403,
        (
            "Server failed to authenticate the request. Make sure the value of the "
            "Authorization header is formed correctly including the signature."
        ),
    ),
    "AuthorizationFailure": (403, "This request is not authorized: it is not signed."),
    "AuthorizationPermissionMismatch": (
        403,
        (
            "This request is not authorized to perform this operation using this "
            "permission."
        ),
    ),
    "AuthorizationProtocolMismatch": (
        403,
        "This request is not authorized to perform this operation using this protocol.",
    ),
    "AuthorizationResourceTypeMismatch": (
        403,
        (
            "This request is not authorized to perform this operation using this "
            "resource type."
        ),
    ),
    "AuthorizationServiceMismatch": (
        403,
        "This request is not authorized to perform this operation using this service.",
    ),
    "AuthorizationSourceIPMismatch": (
        403,
        (
            "This request is not authorized to perform this operation using this "
            "source IP."
        ),
    ),
    "BlobAlreadyExists": (409, "The specified blob already exists."),
    "BlobNotFound": (404, "The specified blob does not exist."),
    "BlockCountExceedsLimit": (409, "A blob has at most 50,000 committed blocks."),
    "CannotVerifyCopySource": (404, "The source of the copy does not exist here."),
    "ConditionNotMet": (
        412,
        "The condition specified using HTTP conditional header(s) is not met.",
    ),
    "ContainerAlreadyExists": (409, "The specified container already exists."),
    "ContainerNotFound": (404, "The specified container does not exist."),
    "FeatureNotSupported": (400, "This endpoint holds block blobs only."),
    "InsufficientStorage": (507, "The disk of this store is full."),
    "InternalError": (500, "The store met an internal error; its log tells more."),
    "InvalidBlobOrBlock": (
        400,
        "The block IDs of a blob must all have the same length.",
    ),
    "InvalidBlockId": (400, "The specified block ID is not valid base64 of 64 bytes."),
    "InvalidBlockList": (400, "The specified block list is invalid."),
    "InvalidHeaderValue": (400, "The value of one of the HTTP headers is not valid."),
    "InvalidInput": (400, "One of the request inputs is not valid."),
    "InvalidMd5": (400, "The MD5 value in the request is not base64 of 16 bytes."),
    "InvalidMetadata": (400, "A metadata name must be a C# identifier."),
    "InvalidQueryParameterValue": (400, "The value of a query parameter is invalid."),
    "InvalidRange": (416, "The range specified is invalid for the size of the blob."),
    "InvalidResourceName": (400, "The specified resource name is not valid."),
    "InvalidUri": (400, "The requested URI does not represent any resource here."),
    "InvalidXmlDocument": (400, "The XML in the request body is not valid."),
    "Md5Mismatch": (400, "The MD5 value specified did not match what was received."),
    "MetadataTooLarge": (400, "Metadata is at most 8 KiB."),
    "MissingContentLengthHeader": (411, "Content-Length header is missing."),
    "MissingRequiredHeader": (400, "A required HTTP header is missing."),
    "NotModified": (304, "The blob has not been modified."),
    "OutOfRangeInput": (400, "One of the request inputs is out of range."),
    "PublicAccessNotPermitted": (409, "Containers of this store are never public."),
    "RequestBodyTooLarge": (413, "The request body is larger than allowed."),
    "SourceConditionNotMet": (412, "The condition on the source is not met."),
    "StorageQuotaExceeded": (413, "The quota of this store does not admit the upload."),
    "UnauthorizedBlobOverwrite": (
        403,
        "This request may create blobs but not overwrite them.",
    ),
    "UnsupportedHttpVerb": (405, "The resource does not support this HTTP verb."),
    "UnsupportedQueryParameter": (
        400,
        "One of the query parameters is not supported by this endpoint.",
    ),
}
"""Code → status and sentence; everything the endpoint can refuse with."""


class Fault(Exception):
    """A refusal in the Blob protocol; `found` says what exactly was wrong."""

    def __init__(self, code: str, found: str = "") -> None:
        self.code = code
        self.status, sentence = FAULTS[code]
        self.message = f"{sentence} {found}" if found else sentence
        self.headers: dict[str, str] = {}
        super().__init__(self.message)
