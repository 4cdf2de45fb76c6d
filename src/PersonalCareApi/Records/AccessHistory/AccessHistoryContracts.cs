using System.ComponentModel.DataAnnotations;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Domain.Ledger;
using PersonalCareApi.Pipeline;

namespace PersonalCareApi.Records.AccessHistory;

/// <summary>Which entries.</summary>
internal sealed record AccessHistoryQuery : PageQuery
{
    /// <summary>At or after this instant.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Before this instant.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Only what was permitted, or what was refused.</summary>
    public ToldDecision? Decision { get; init; }

    /// <summary>Only uses of this category of data.</summary>
    public DataCategory? Category { get; init; }

    /// <summary>Only uses of this kind.</summary>
    public DataAction? Action { get; init; }

    /// <summary>Only what this one did: the id of a practitioner, an application, a representative, or the client.</summary>
    public Guid? By { get; init; }

    /// <summary><c>true</c> for what rested on a declared emergency, <c>false</c> for all else.</summary>
    public bool? Emergency { get; init; }
}

/// <summary>How a use was decided.</summary>
internal enum ToldDecision
{
    Permit,
    Deny,
}

/// <summary>One use of the client's data, or one refusal.</summary>
internal sealed record AccessHistoryEntry
{
    public const string Example = """
        { "id": "01970c1e-7a52-7c3e-9c3f-0b6a4d1f2e3d", "at": "2026-05-04T09:31:00Z",
          "summary": "A practitioner read assessments for treatment, as a consent allows.",
          "by": { "kind": "practitioner", "id": "0197a000-0000-7000-8000-000000000101" },
          "applicationId": "0197a000-0000-7000-8000-000000000021", "category": "assessments", "action": "read", "purpose": "TREAT",
          "decision": "permit", "reason": null,
          "basis": { "kind": "provision", "consentId": "01970c1e-7a52-7c3e-9c3f-0b6a4d1f2e3d", "consentVersion": 1, "provision": 0 },
          "operation": "GetAssessment", "outcome": 200 }
        """;

    /// <summary>The id that the answer carried in <c>Access-Decision</c>.</summary>
    public required Guid Id { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>What happened, in plain words.</summary>
    public required string Summary { get; init; }

    public required PartyResponse By { get; init; }

    /// <summary>The application the request came through.</summary>
    public required Guid ApplicationId { get; init; }

    public required DataCategory Category { get; init; }

    public required DataAction Action { get; init; }

    /// <summary>The HL7 purpose of use.</summary>
    public required string? Purpose { get; init; }

    /// <summary><c>permit</c> or <c>deny</c>.</summary>
    [AllowedValues("permit", "deny")]
    public required string Decision { get; init; }

    [MaxLength(64)]
    public required string? Reason { get; init; }

    public required DecisionBasisResponse Basis { get; init; }

    /// <summary>The operation of this API.</summary>
    [MaxLength(64)]
    public required string Operation { get; init; }

    /// <summary>The HTTP status of the answer.</summary>
    [Range(100, 599)]
    public required int Outcome { get; init; }

    public static AccessHistoryEntry From(LedgerUse use) => new()
    {
        Id = use.Id,
        At = use.At,
        Summary = Summarise(use),
        By = PartyResponse.From(use.ActingAs!),
        ApplicationId = use.ApplicationId,
        Category = use.Use.Category,
        Action = use.Use.Action,
        Purpose = use.Purpose,
        Decision = use.Decision,
        Reason = use.Reason,
        Basis = DecisionBasisResponse.From(use.Basis),
        Operation = use.ToldOperation,
        Outcome = use.Outcome,
    };

    private static string Summarise(LedgerUse use)
    {
        var who = use.ActingAs!.Kind switch
        {
            PartyKind.Client => "You",
            PartyKind.Practitioner => "A practitioner",
            PartyKind.Representative => "A representative",
            PartyKind.Application => "An application",
            _ => throw new ArgumentOutOfRangeException(nameof(use), use.ActingAs.Kind, "Not a party."),
        };
        var what = use.Use.Category.Code().Replace('-', ' ');
        var purpose = use.Purpose is { } code && PurposeOfUse.TryParse(code, out var known) && known != PurposeOfUse.PatientRequest
            ? $" for {known.Display.ToLowerInvariant()}"
            : "";
        if (use.Decision != "permit")
        {
            return $"{who} was refused: {use.Use.Action.Code()} {what}{purpose} ({use.Reason}).";
        }

        var did = use.Use.Action switch
        {
            DataAction.Read => "read",
            DataAction.Write => "wrote",
            DataAction.Share => "shared",
            _ => throw new ArgumentOutOfRangeException(nameof(use), use.Use.Action, "Not an action."),
        };
        var done = use.Outcome < StatusCodes.Status400BadRequest ? did : $"tried to {use.Use.Action.Code()}";
        return $"{who} {done} {what}{purpose}{Because(use.Basis)}.";
    }

    private static string Because(DecisionBasis basis) => basis.Kind switch
    {
        "provision" => ", as a consent allows",
        "representation" => ", on the authority to act for the client",
        "emergency" => ", in a declared emergency",
        "review" => ", to review an emergency access",
        "care-relationship" => ", as part of the care team",
        "partner-rule" => ", under the partner's rule for treatment",
        "author" => ", as the author",
        _ => "",
    };
}

/// <summary>Which entry is proven.</summary>
internal sealed record AccessProofQuery
{
    /// <summary>The id of the entry; without it the newest that a checkpoint counts.</summary>
    public Guid? Entry { get; init; }

    /// <summary>The <c>nextCursor</c> of the page before.</summary>
    [MaxLength(PageQuery.LongestCursor)]
    public string? Cursor { get; init; }
}

/// <summary>That an entry was on the ledger when a checkpoint was signed, for anybody to verify.</summary>
internal sealed record AccessProof
{
    public const string Example = """
        { "chainId": "0197a000-0000-7000-8000-000000000201", "id": "01970c1e-7a52-7c3e-9c3f-0b6a4d1f2e3d", "sequence": 1,
          "content": "{\"format\":2}", "contentHash": "a1b2", "previousHash": "0000", "withheld": null,
          "followingFrom": 2, "following": [ "c3d4" ], "nextCursor": null,
          "checkpoint": { "sequence": 12, "at": "2026-05-04T09:31:05Z", "treeSize": 3, "entries": 120, "rootHash": "e5f6",
            "keyId": "nZ0", "statement": "eyJ" },
          "inclusion": { "sequence": 2, "headHash": "0708", "leafIndex": 0, "path": [ "090a" ] } }
        """;

    /// <summary>The chain: the client's id.</summary>
    public required Guid ChainId { get; init; }

    /// <summary>The id of the entry.</summary>
    public required Guid Id { get; init; }

    /// <summary>Its number in the chain.</summary>
    [Range(1, long.MaxValue)]
    public required long Sequence { get; init; }

    /// <summary>The entry as it was hashed, to the letter; null where it is withheld.</summary>
    public required string? Content { get; init; }

    /// <summary>SHA-256 of the content, in hex, as all hashes here.</summary>
    [MaxLength(64)]
    public required string ContentHash { get; init; }

    /// <summary>The hash of the entry before; 64 zeros for the first.</summary>
    [MaxLength(64)]
    public required string PreviousHash { get; init; }

    /// <summary>
    /// <c>process-note</c> where the content is withheld: of a practitioner's private notes you learn that they were used, by
    /// whom and as what, and the content would name the operation. Its hash is proven all the same.
    /// </summary>
    [AllowedValues("process-note", null)]
    public required string? Withheld { get; init; }

    /// <summary>The number of the entry whose content hash comes first in <c>following</c>.</summary>
    [Range(2, long.MaxValue)]
    public required long FollowingFrom { get; init; }

    /// <summary>The content hashes of the entries behind it, up to the one that the checkpoint counts.</summary>
    [MaxLength(MostFollowing)]
    public required IReadOnlyList<string> Following { get; init; }

    /// <summary>Give it as <c>cursor</c> for more of <c>following</c>; the checkpoint comes with the last page.</summary>
    public required string? NextCursor { get; init; }

    /// <summary>The newest checkpoint; null before the last page, and where none counts the entry yet: one does within ten seconds.</summary>
    public required ProofCheckpoint? Checkpoint { get; init; }

    /// <summary>Where the chain stands in the checkpoint's tree.</summary>
    public required ProofInclusion? Inclusion { get; init; }

    /// <summary>How many content hashes one page holds.</summary>
    public const int MostFollowing = 500;
}

/// <summary>What all chains were when it was signed.</summary>
internal sealed record ProofCheckpoint
{
    /// <summary>Its number.</summary>
    [Range(1, long.MaxValue)]
    public required long Sequence { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>How many chains it counts.</summary>
    [Range(1, long.MaxValue)]
    public required long TreeSize { get; init; }

    /// <summary>How many entries they have together.</summary>
    [Range(1, long.MaxValue)]
    public required long Entries { get; init; }

    /// <summary>The root of the Merkle tree over the heads of all chains.</summary>
    [MaxLength(64)]
    public required string RootHash { get; init; }

    /// <summary>The key that signed it, of those at <c>/.well-known/jwks.json</c>.</summary>
    [MaxLength(64)]
    public required string KeyId { get; init; }

    /// <summary>The checkpoint as it was signed: a JWS in compact form (ES256).</summary>
    [MaxLength(4096)]
    public required string Statement { get; init; }
}

/// <summary>The way from the head of the chain to the root.</summary>
internal sealed record ProofInclusion
{
    /// <summary>The number of the entry that the checkpoint counts as the chain's head.</summary>
    [Range(1, long.MaxValue)]
    public required long Sequence { get; init; }

    /// <summary>Its hash.</summary>
    [MaxLength(64)]
    public required string HeadHash { get; init; }

    /// <summary>Which leaf of the tree it is, counted from 0.</summary>
    [Range(0, int.MaxValue)]
    public required int LeafIndex { get; init; }

    /// <summary>The hashes beside the way, from below (RFC 6962).</summary>
    [MaxLength(64)]
    public required IReadOnlyList<string> Path { get; init; }
}
