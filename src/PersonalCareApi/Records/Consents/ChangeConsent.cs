using Microsoft.AspNetCore.Http.HttpResults;
using PersonalCareApi.Data;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;
using static Microsoft.AspNetCore.Http.TypedResults;

namespace PersonalCareApi.Records.Consents;

/// <summary>What becomes of a consent once it is recorded.</summary>
internal static class ChangeConsent
{
    /// <summary>Confirms a draft: from this answer on it is active.</summary>
    /// <remarks>Only the client, or a representative with authority for consents, confirms.</remarks>
    public static async Task<Results<Ok<ConsentResponse>, Problem>> Confirm(
        Guid id, IfMatch ifMatch, AccessGrant grant, UseOfData use, ConsentRepository consents, WriteUnit unit, CancellationToken ct)
    {
        if (await consents.Find(grant, id, ct) is not { } consent)
        {
            return Problems.NotFound();
        }

        if (GiveConsent.OnBehalf(grant))
        {
            return Problems.Forbidden("Only the client or a representative confirms a consent.");
        }

        if (consent.Version != ifMatch.Version)
        {
            return Problems.PreconditionFailed();
        }

        if (consent.Status != ConsentStatus.Draft)
        {
            return Problems.StateConflict("Only a draft can be confirmed.");
        }

        var by = PartyContent.From(grant.ActingAs);
        var content = consent.Content with { GivenBy = by, Confirmation = new ActContent(by, unit.Now), InForceFrom = unit.Now };
        if (consent.Content.Replaces is { } replaces
            && await consents.Find(grant, replaces, ct) is { Status: ConsentStatus.Active or ConsentStatus.Draft } replaced)
        {
            await GiveConsent.Supersede(grant, replaced, consent.Id, consents, unit, ct);
        }

        var confirmed = await consents.Change(grant, consent, ConsentStatus.Active, content, unit, ct);
        return Ok(ConsentResponse.From(grant, confirmed, use.InCareTeam));
    }

    /// <summary>Authorises what a client is too young to permit alone.</summary>
    /// <remarks>
    /// Below the partner's age of consent a permit counts only once a representative with authority has given or
    /// authorised it.
    /// </remarks>
    public static async Task<Results<Ok<ConsentResponse>, Problem>> Authorise(
        Guid id, IfMatch ifMatch, AccessGrant grant, UseOfData use, ConsentRepository consents, WriteUnit unit, CancellationToken ct)
    {
        if (await consents.Find(grant, id, ct) is not { } consent)
        {
            return Problems.NotFound();
        }

        if (grant.ActingAs.Kind != PartyKind.Representative)
        {
            return Problems.Forbidden("Only a representative authorises a consent.");
        }

        if (consent.Version != ifMatch.Version)
        {
            return Problems.PreconditionFailed();
        }

        if (consent.Status is not (ConsentStatus.Draft or ConsentStatus.Active))
        {
            return Problems.StateConflict("The consent has ended.");
        }

        var act = new ActContent(PartyContent.From(grant.ActingAs), unit.Now);
        var content = consent.Content with { Authorisations = [.. consent.Content.Authorisations, act] };
        return Ok(ConsentResponse.From(grant, await consents.Change(grant, consent, consent.Status, content, unit, ct), use.InCareTeam));
    }

    /// <summary>Withdraws a consent: nothing rests on it from this answer on.</summary>
    /// <remarks>
    /// As easy as giving it: one call, no <c>If-Match</c>, no reason needed. Somebody else may record a withdrawal for the
    /// client, but not of a consent that denies: that would open what the client closed.
    /// </remarks>
    public static async Task<Results<Ok<ConsentResponse>, Problem>> Withdraw(
        Guid id, Body<WithdrawConsent> body, AccessGrant grant, UseOfData use, ConsentRepository consents, WriteUnit unit, CancellationToken ct)
    {
        if (await consents.Find(grant, id, ct) is not { } consent)
        {
            return Problems.NotFound();
        }

        if (GiveConsent.OnBehalf(grant) && consent.Content.Provisions.Any(provision => provision.Effect == "deny"))
        {
            return Problems.Forbidden("A consent that denies is withdrawn by the client or a representative.");
        }

        if (consent.Status is ConsentStatus.Withdrawn or ConsentStatus.Superseded)
        {
            return Problems.StateConflict("The consent has ended already.");
        }

        var act = new ActContent(PartyContent.From(grant.ActingAs), unit.Now, body.Value.Reason);
        var withdrawn = await consents.Change(grant, consent, ConsentStatus.Withdrawn, consent.Content with { Withdrawal = act }, unit, ct);
        return Ok(ConsentResponse.From(grant, withdrawn, use.InCareTeam));
    }
}
