using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.IdentityModel.JsonWebTokens;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Domain.Ledger;
using PersonalCareApi.Ledger;
using PersonalCareApi.Pipeline;
using static Microsoft.AspNetCore.Http.TypedResults;

namespace PersonalCareApi.Records.AccessHistory;

/// <summary>Proves to the client that an entry is on the ledger, and was when a checkpoint was signed that others have seen.</summary>
internal static class ProveEntry
{
    private static readonly TimeSpan SoonAgain = TimeSpan.FromSeconds(10);

    /// <summary>Gets the proof that an entry of the access history is on the ledger.</summary>
    /// <remarks>
    /// For the client alone. The entry to the letter, the content hashes of the entries behind it, the way through the Merkle
    /// tree, and the signed checkpoint; the keys are at <c>/.well-known/jwks.json</c>, and how it is verified at
    /// <c>/ledger/verification</c>. An entry of the last seconds may not be counted by a checkpoint yet: then
    /// <c>checkpoint</c> is null, and asking again a little later gives it. Where there are many entries behind it they come in
    /// pages, and the checkpoint with the last.
    /// </remarks>
    public static async Task<Results<Ok<AccessProof>, Problem>> Get(
        Query<AccessProofQuery> query, HttpContext http, AccessGrant grant, AccessHistoryRepository history, CheckpointTree tree,
        Cursors cursors, CancellationToken ct)
    {
        if (grant.ActingAs.Kind != PartyKind.Client)
        {
            // It tells how many entries there are, which a consent may have limited, and all that each decision looked at.
            return Problems.Forbidden("Proofs are for the client alone.");
        }

        if (cursors.TryRead(query.Value.Cursor, http, out var after) is { } refusal)
        {
            return refusal;
        }

        (KeptCheckpoint Checkpoint, HeadInclusion? Inclusion)? counted;
        try
        {
            counted = await tree.Find(grant.ClientId, ct);
        }
        catch (LedgerDiffers)
        {
            // Nothing is proven over a ledger that does not hold; the operator is told by the one who makes checkpoints.
            return Problems.Unavailable(SoonAgain);
        }

        var included = counted?.Inclusion;
        var asked = query.Value.Entry;
        var row = asked is null && included is null
            ? await history.FindNewest(grant, ct)
            : await history.FindForProof(grant, asked, included?.Head.Sequence ?? 0, ct);
        var last = after is null ? row : await history.FindForProof(grant, after.Id, 0, ct);
        if (row is null || last is null)
        {
            return Problems.NotFound();
        }

        var reached = included is not null && included.Head.Sequence >= row.Sequence;
        var following = reached
            ? await history.Following(grant, last.Sequence, included!.Head.Sequence, AccessProof.MostFollowing, ct)
            : [];
        var isWhole = reached && last.Sequence + following.Count == included!.Head.Sequence;
        var isWithheld = LedgerChain.Read(row.Canonical).Use.Category == DataCategory.ProcessNotes;
        return Ok(new AccessProof
        {
            ChainId = grant.ClientId,
            Id = row.Id,
            Sequence = row.Sequence,
            Content = isWithheld ? null : Encoding.UTF8.GetString(row.Canonical),
            ContentHash = Hex(LedgerChain.ContentHash(row.Canonical)),
            PreviousHash = Hex(row.PreviousHash),
            Withheld = isWithheld ? "process-note" : null,
            FollowingFrom = last.Sequence + 1,
            Following = [.. following.Select(one => Hex(LedgerChain.ContentHash(one.Canonical)))],
            NextCursor = reached && !isWhole ? cursors.After(new Position(following[^1].At, following[^1].Id), http) : null,
            Checkpoint = isWhole ? CheckpointOf(counted!.Value.Checkpoint) : null,
            Inclusion = isWhole ? InclusionOf(included!) : null,
        });
    }

    private static ProofCheckpoint CheckpointOf(KeptCheckpoint kept)
    {
        var signed = new JsonWebToken(kept.Statement);
        var checkpoint = Checkpoint.Read(Microsoft.IdentityModel.Tokens.Base64UrlEncoder.DecodeBytes(signed.EncodedPayload))
            ?? throw new InvalidOperationException("A checkpoint that was believed cannot be read.");
        return new ProofCheckpoint
        {
            Sequence = checkpoint.Sequence,
            At = checkpoint.At,
            TreeSize = checkpoint.TreeSize,
            Entries = checkpoint.Entries,
            RootHash = Hex(checkpoint.RootHash),
            KeyId = signed.Kid,
            Statement = kept.Statement,
        };
    }

    private static ProofInclusion InclusionOf(HeadInclusion inclusion) => new()
    {
        Sequence = inclusion.Head.Sequence,
        HeadHash = Hex(inclusion.Head.Hash),
        LeafIndex = inclusion.Index,
        Path = [.. inclusion.Path.Select(Hex)],
    };

    private static string Hex(byte[] hash) => Convert.ToHexStringLower(hash);
}
