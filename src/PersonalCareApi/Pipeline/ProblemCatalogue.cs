namespace PersonalCareApi.Pipeline;

/// <summary>One kind of refusal: its stable name, its status, what it means, and what the caller can do.</summary>
/// <param name="Slug">The end of the problem's type URL; part of the contract, never renamed.</param>
internal sealed record ProblemKind(string Slug, int Status, string Title, string Meaning, string Remedy);

/// <summary>Every kind of problem this server answers with, in one table.</summary>
internal static class ProblemCatalogue
{
    public static ProblemKind BadRequest { get; } = new("bad-request", 400, "The request could not be read",
        "The request breaks the rules of HTTP or of this path, so the server could not tell what was wanted.",
        "Compare the request with the published document, path and headers included.");

    public static ProblemKind UnreadableJson { get; } = new("unreadable-json", 400, "The body is not readable JSON",
        "The body is empty, is not JSON in UTF-8, or is nested too deeply.",
        "Send one JSON value as RFC 8259 has it, in UTF-8, at most 32 levels deep.");

    public static ProblemKind Unauthorized { get; } = new("unauthorized", 401, "A valid token is needed",
        "The request carries no bearer token, or one that this server does not accept.",
        "Get a new token from your identity provider and send it as Authorization: Bearer. If new tokens are refused as well, "
        + "compare issuer, audience and keys with what is registered for your organisation.");

    public static ProblemKind Forbidden { get; } = new("forbidden", 403, "This use is not permitted",
        "You are known here, but this use is not permitted. Where a client's data is concerned, the member reason says why: "
        + "purpose-not-permitted, scope-missing, denied-by-client, label-not-named, expired or no-consent.",
        "With scope-missing, ask for a token with the scope named in WWW-Authenticate; with purpose-not-permitted, name a purpose that "
        + "is registered for your application. With the other reasons only the client's consent can change the answer: repeating the "
        + "request cannot. Where there is no reason, the detail says what stands against it.");

    public static ProblemKind NotFound { get; } = new("not-found", 404, "Not found",
        "There is nothing at this address that you may know of. The answer is the same whether it does not exist or is out of your reach.",
        "Check the address. If you expected to see it, the client's consent or your relation to the client may have ended.");

    public static ProblemKind MethodNotAllowed { get; } = new("method-not-allowed", 405, "The method is not offered here",
        "There is something at this address, but not with this HTTP method.",
        "Use one of the methods named in the Allow header.");

    public static ProblemKind NotAcceptable { get; } = new("not-acceptable", 406, "No acceptable representation",
        "The answer does not exist in any form that the Accept header asks for.",
        "Ask for one of the media types that the published document names.");

    public static ProblemKind RequestTimeout { get; } = new("request-timeout", 408, "The request took too long to arrive",
        "The server stopped waiting for the rest of the request.",
        "Send it again; with the same Idempotency-Key nothing is done twice.");

    public static ProblemKind AlreadyExists { get; } = new("already-exists", 409, "It already exists",
        "Something with this id or external id exists already.",
        "Read what exists and change it, or use another id.");

    public static ProblemKind NoReader { get; } = new("no-reader", 409, "Nobody could read this",
        "After this change nobody would be left who may read what is written.",
        "Name at least one reader, or leave things as they are.");

    public static ProblemKind NotDefined { get; } = new("not-defined", 409, "The figure is not defined",
        "What was asked for is computed from what is recorded, and for what is recorded now it has no value.",
        "The detail says what is missing; once it is recorded, ask again.");

    public static ProblemKind LicenceRequired { get; } = new("licence-required", 409, "The licence of this instrument has to be held",
        "The instrument belongs to somebody who has to permit its use, and your organisation has not recorded that it may use it.",
        "Get the licence from its holder, have your administration record it under /v1/instruments/{code}/licences, and repeat the request.");

    public static ProblemKind StateConflict { get; } = new("state-conflict", 409, "Not possible in the present state",
        "The resource is in a state in which this cannot be done, for example a note that is already signed.",
        "Read the resource again; its status tells what is possible now.");

    public static ProblemKind IdempotencyKeyInUse { get; } = new("idempotency-key-in-use", 409, "The first request is still running",
        "A request with the same Idempotency-Key has not been answered yet.",
        "Wait a moment and repeat the request: it will be answered as the first one was.");

    public static ProblemKind Gone { get; } = new("gone", 410, "No longer kept",
        "What was asked for was kept for a time, and that time is over.",
        "Begin anew, without the old cursor.");

    public static ProblemKind PreconditionFailed { get; } = new("precondition-failed", 412, "It has changed since you read it",
        "The condition of If-Match or If-None-Match does not hold: somebody else was faster.",
        "Read the resource again, apply your change to what is there now, and send it with the new ETag.");

    public static ProblemKind TooLarge { get; } = new("too-large", 413, "The body is too large",
        "The body is longer than this operation takes.",
        "Send less at a time; the limit stands in the detail.");

    public static ProblemKind UnsupportedMediaType { get; } = new("unsupported-media-type", 415, "The content type is not accepted here",
        "The Content-Type is missing or another than this operation takes, the charset is not UTF-8, or the body is compressed.",
        "Send application/json, and application/merge-patch+json with PATCH, in UTF-8, without Content-Encoding.");

    public static ProblemKind Invalid { get; } = new("invalid-request", 422, "The request is readable but wrong",
        "Members, parameters or headers do not follow the published document or the rules. Each is listed in errors, with a JSON "
        + "pointer into the body or the name of the parameter or header, and a code.",
        "Mend what errors lists; all faults of one kind are reported at once.");

    public static ProblemKind IdempotencyKeyReused { get; } = new("idempotency-key-reused", 422, "The Idempotency-Key was used for something else",
        "The same Idempotency-Key came with another request before.",
        "Use a new key for every new request, and the same key only to repeat one unchanged.");

    public static ProblemKind PreconditionRequired { get; } = new("precondition-required", 428, "Say which version you mean",
        "This change needs to know which version of the resource you have seen, so that nobody's work is overwritten.",
        "Send the ETag of the version you read in If-Match.");

    public static ProblemKind TooManyRequests { get; } = new("too-many-requests", 429, "Too many requests",
        "The quota of your application or of this caller is used up for now; RateLimit-Policy tells what it is.",
        "Wait for the seconds named in Retry-After.");

    public static ProblemKind Internal { get; } = new("internal", 500, "The server failed",
        "Something went wrong on this side. Nothing about it is told here, but it is recorded under the traceId.",
        "Repeat the request with the same Idempotency-Key; if it fails again, report the traceId.");

    public static ProblemKind Unavailable { get; } = new("unavailable", 503, "Not available at the moment",
        "The server cannot answer safely now, for example because its database or its ledger cannot be reached.",
        "Repeat the request after the seconds named in Retry-After, with the same Idempotency-Key.");

    /// <summary>Every kind, by status and slug.</summary>
    public static IReadOnlyList<ProblemKind> All { get; } =
    [
        BadRequest, UnreadableJson, Unauthorized, Forbidden, NotFound, MethodNotAllowed, NotAcceptable, RequestTimeout,
        AlreadyExists, IdempotencyKeyInUse, LicenceRequired, NoReader, NotDefined, StateConflict, Gone, PreconditionFailed, TooLarge, UnsupportedMediaType,
        IdempotencyKeyReused, Invalid, PreconditionRequired, TooManyRequests, Internal, Unavailable,
    ];

    public static ProblemKind? Find(string slug) => All.FirstOrDefault(kind => kind.Slug == slug);

    /// <summary>What a bare status stands for when nothing more is known; null for a status that is no refusal of ours.</summary>
    public static ProblemKind? ForStatus(int status) => status switch
    {
        409 => StateConflict,
        422 => Invalid,
        414 or 431 => BadRequest,
        _ => All.FirstOrDefault(kind => kind.Status == status),
    };
}
