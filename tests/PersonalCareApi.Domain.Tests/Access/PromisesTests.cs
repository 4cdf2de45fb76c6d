using System.Collections.Concurrent;
using CsCheck;
using PersonalCareApi.Domain.Access;

namespace PersonalCareApi.Domain.Tests.Access;

/// <summary>What must hold of every decision, over generated records, requests and items.</summary>
public class PromisesTests
{
    private const int Cases = 10_000;

    private static readonly Gen<(RecordFacts Record, AccessRequest Request)> AnyCase = Generated.Case(Generated.Request);

    private static readonly Gen<(RecordFacts Record, AccessRequest Request)> AnyCaseOfOthers =
        Generated.Case(Generated.RequestOfOthers);

    private static readonly Gen<ItemFacts[]> Items = Generated.Item.Array[6];

    [Test]
    public void The_engine_agrees_with_the_plain_rules_on_every_item()
    {
        var (whole, partly, refused) = (0, 0, 0);
        Gen.Select(AnyCase, Items).Sample(
            (one, items) =>
            {
                var reached = InCategory(items, one.Request).Count(item => MayUse(one.Request, one.Record, item));
                Interlocked.Increment(ref reached == items.Length ? ref whole : ref reached == 0 ? ref refused : ref partly);
                return AgreesWithPlainRules(one, items, Planted.Nothing);
            },
            iter: 4 * Cases,
            print: Show);

        // A comparison of refusals with refusals would prove nothing.
        Assert.That(new[] { whole, partly, refused }, Is.All.GreaterThan(Cases / 20));
    }

    [Test]
    public void The_comparison_notices_every_rule_left_out_of_the_plain_rules()
    {
        var noticed = new ConcurrentDictionary<Planted, byte>();
        var rules = Enum.GetValues<Planted>().Where(planted => planted != Planted.Nothing).ToList();

        // The rarest may be missing from one sample: further worlds are made while one is.
        for (var more = 0; more < 10 && noticed.Count < rules.Count; more++)
        {
            Gen.Select(AnyCase, Items).Sample(
                (one, items) =>
                {
                    foreach (var planted in rules.Where(planted => !noticed.ContainsKey(planted) && !AgreesWithPlainRules(one, items, planted)))
                    {
                        noticed.TryAdd(planted, 0);
                    }
                },
                iter: 2 * Cases);
        }

        Assert.That(rules.Except(noticed.Keys), Is.Empty);
    }

    [Test]
    public void Silence_denies() =>
        AnyCaseOfOthers.Sample(
            one =>
            {
                var record = one.Record with { Consents = [], Emergencies = [], Rules = new PartnerRules() };
                var isToBegin = one.Request.Use.Category is DataCategory.Demographics or DataCategory.Consents;
                var isAuthors = one.Request.Use.Category == DataCategory.ProcessNotes;
                return isToBegin || isAuthors || one.Request.Decided(record) is not AccessDecision.Permitted;
            },
            iter: Cases);

    [Test]
    public void The_order_of_consents_changes_nothing() =>
        Gen.Select(AnyCase, Items).Sample(
            (one, items) =>
            {
                var turned = one.Record with { Consents = [.. one.Record.Consents.Reverse()] };
                var (before, after) = (one.Request.Decided(one.Record), one.Request.Decided(turned));
                return before.GetType() == after.GetType()
                    && (before as AccessDecision.Refused)?.Reason == (after as AccessDecision.Refused)?.Reason
                    && items.All(item => MayUse(one.Request, one.Record, item) == MayUse(one.Request, turned, item));
            },
            iter: Cases);

    [Test]
    public void Adding_a_deny_never_permits_more() =>
        Gen.Select(AnyCase, Generated.ConsentWithOneDeny, Items).Sample(
            (one, deny, items) =>
            {
                var stricter = one.Record.With(deny.AimedAt(one.Request, 7));
                return !PermitsMore(one.Request, before: one.Record, after: stricter, items)
                    && IsNotFound(one.Request, one.Record) == IsNotFound(one.Request, stricter);
            },
            iter: Cases);

    [Test]
    public void Adding_a_deny_to_a_consent_never_permits_more() =>
        Gen.Select(AnyCase, Generated.Deny, Items).Sample(
            (one, deny, items) =>
            {
                var stricter = one.Record with
                {
                    Consents = [.. one.Record.Consents.Select(consent => consent with { Provisions = consent.Provisions is null ? null : [.. consent.Provisions, deny] })],
                };
                return !PermitsMore(one.Request, one.Record, stricter, items);
            },
            iter: Cases);

    [Test]
    public void Adding_a_permit_never_denies_more() =>
        Gen.Select(AnyCase, Generated.ConsentToPermitsAlone, Items).Sample(
            (one, permit, items) =>
                !PermitsMore(one.Request, before: one.Record.With(permit.AimedAt(one.Request, 7)), after: one.Record, items),
            iter: Cases);

    [Test]
    public void Withdrawing_a_consent_that_holds_only_permits_never_permits_more() =>
        Gen.Select(AnyCase, Generated.ConsentToPermitsAlone, Items).Sample(
            (one, permit, items) =>
                new[] { ConsentStatus.Withdrawn, ConsentStatus.Superseded }.All(ended =>
                    !PermitsMore(one.Request, one.Record.With(permit), one.Record.With(permit with { Status = ended }), items)),
            iter: Cases);

    [Test]
    public void A_restriction_permits_no_more_and_changes_nothing_for_the_client() =>
        Gen.Select(AnyCase, Generated.Restriction, Items).Sample(
            (one, restriction, items) =>
            {
                var restricted = one.Record with { Restrictions = [.. one.Record.Restrictions, restriction] };
                var isClient = one.Request.Caller.ClientIds.Contains(Sample.Client);
                return !PermitsMore(one.Request, before: one.Record, after: restricted, items)
                    && IsNotFound(one.Request, one.Record) == IsNotFound(one.Request, restricted)
                    && (!isClient || !PermitsMore(one.Request, before: restricted, after: one.Record, items));
            },
            iter: Cases);

    [Test]
    public void What_is_left_of_an_erased_record_only_the_client_reads() =>
        AnyCase.Sample(
            one => one.Request.Decided(one.Record with { IsErased = true }) is not AccessDecision.Permitted permitted
                || (permitted.ActingAs.Kind == PartyKind.Client && one.Request.Use.Action != DataAction.Write),
            iter: Cases);

    [Test]
    public void A_draft_changes_nothing() =>
        Gen.Select(AnyCase, Generated.Consent, Items).Sample(
            (one, consent, items) =>
            {
                var withDraft = one.Record.With(consent with { Status = ConsentStatus.Draft, Provisions = consent.Provisions ?? [] });
                return items.All(item => MayUse(one.Request, one.Record, item) == MayUse(one.Request, withDraft, item))
                    && IsNotFound(one.Request, one.Record) == IsNotFound(one.Request, withDraft);
            },
            iter: Cases);

    [Test]
    public void An_unreadable_consent_denies_everyone_but_the_client() =>
        AnyCase.Sample(
            one => one.Request.Decided(one.Record.With(Sample.Consent(null))) is not AccessDecision.Permitted permitted
                || permitted.ActingAs.Kind == PartyKind.Client,
            iter: Cases);

    [Test]
    public void Another_partners_record_is_answered_as_one_that_does_not_exist() =>
        AnyCase.Sample(
            one => one.Request.Decided(one.Record with { PartnerId = Sample.Id(3) }) == one.Request.Decided(null),
            iter: Cases);

    [Test]
    public void An_unrelated_caller_is_answered_as_if_there_were_no_record() =>
        AnyCase.Sample(
            one =>
            {
                var decision = one.Request.Decided(one.Record);
                if (ConsentEngine.CheckCaller(one.Request) is not null)
                {
                    return decision is AccessDecision.Refused && decision == one.Request.Decided(null);
                }

                var mayKnow = new PlainRules(one.Record, one.Request, Sample.Now).MayKnowOfTheRecord();
                return mayKnow ? decision is not AccessDecision.NotFound : decision == one.Request.Decided(null);
            },
            iter: 2 * Cases,
            print: one => Show((one, [])));

    [Test]
    public void What_the_callers_own_check_refuses_is_never_granted() =>
        Gen.Select(AnyCase, Gen.Bool).Sample(
            (one, declares) => ConsentEngine.CheckCaller(one.Request) is null
                || (one.Request with { DeclaresEmergency = declares }).Decided(one.Record) is not AccessDecision.Permitted,
            iter: Cases);

    [Test]
    public void A_grant_never_outlives_the_decision_it_came_from() =>
        Gen.Select(AnyCase, Items, Gen.OneOf(Generated.Instants), Gen.Int[-1, 1]).Sample(
            (one, items, instant, shift) =>
            {
                var later = instant.AddTicks(shift);
                if (later <= Sample.Now || one.Request.Decided(one.Record) is not AccessDecision.Permitted { Grant: var grant } || later >= grant.Until)
                {
                    return true;
                }

                var again = ConsentEngine.Decide(one.Request, one.Record, later) as AccessDecision.Permitted;
                return items.All(item => !grant.Covers(item) || again?.Grant.Covers(item) == true);
            },
            iter: 2 * Cases,
            print: one => Show(((one.Item1.Record, one.Item1.Request), one.Item2)) + one.Item3);

    [Test]
    public void Every_grant_is_for_exactly_what_was_asked_and_is_audited() =>
        AnyCase.Sample(
            one => one.Request.Decided(one.Record) is not AccessDecision.Permitted { Grant: var grant }
                || (grant.Use == one.Request.Use
                    && grant.ClientId == one.Request.ClientId
                    && grant.PartnerId == one.Request.Caller.PartnerId
                    && ReferenceEquals(grant.Caller, one.Request.Caller)
                    && grant.AccessVersion == one.Record.AccessVersion
                    && grant.PartnerAccessVersion == one.Record.PartnerAccessVersion
                    && grant.Obligations.HasFlag(Obligations.Audit)
                    && !(grant.Until <= Sample.Now)
                    && (grant.Basis.Kind == "emergency") == grant.Obligations.HasFlag(Obligations.NotifyPatient | Obligations.PostAccessReview)),
            iter: Cases);

    [Test]
    public void A_permit_that_must_be_refused_when_posted_matches_nothing_if_found() =>
        Gen.Select(AnyCaseOfOthers, Generated.Consent).Sample(
            (one, consent) =>
            {
                var found = one.Record with { Consents = [consent with { Provisions = consent.Provisions ?? [] }], Emergencies = [] };
                var faulty = ProvisionRules.Check(found.Consents[0].Provisions!, consent.ExplicitAct, Sample.Now)

                    // These only say less than they seem to, or are outweighed, or name parts that nothing has.
                    .Where(fault => fault.Code is not ("duplicate" or "unknown-label" or "denied-in-same-consent" or "no-parts"))
                    .Select(fault => fault.Provision)
                    .ToHashSet();
                return Explanation.Of(one.Request, found, Sample.Now)
                    .All(considered => considered.Effect == ProvisionEffect.Deny || !considered.Matched || !faulty.Contains(considered.Provision));
            },
            iter: 2 * Cases);

    [Test]
    public void What_a_dry_run_says_is_what_then_happens() =>
        Gen.Select(AnyCaseOfOthers, Generated.Consent, Gen.Bool).Sample(
            (one, consent, replacesFirst) =>
            {
                var (record, request) = one;
                var draft = consent.AimedAt(request, 7);
                var replaces = replacesFirst && record.Consents.Count > 0 ? record.Consents[0].Id : (Guid?)null;
                var change = DryRun.Compare(record, draft, replaces, [request.Caller], Sample.Now);
                var then = record with
                {
                    Consents = [.. record.Consents.Where(recorded => recorded.Id != replaces), draft with { Status = ConsentStatus.Active }],
                };
                var (before, after) = (request.Decided(record), request.Decided(then));
                var line = new AccessLine(after.ActingAs, request.Use.Category, request.Use.Action, after.Purpose!);
                var purposesNamed = record.Consents.Append(draft).SelectMany(each => each.Provisions ?? []).SelectMany(each => each.Purposes ?? []);
                return !purposesNamed.Append(PurposeOfUse.Treatment).Contains(line.Purpose)
                    || (change.Gains.Contains(line) == (after is AccessDecision.Permitted && before is not AccessDecision.Permitted)
                        && change.Losses.Contains(line) == (before is AccessDecision.Permitted && after is not AccessDecision.Permitted));
            },
            iter: Cases / 10); // Each case is some hundreds of decisions.

    private static bool AgreesWithPlainRules((RecordFacts Record, AccessRequest Request) one, ItemFacts[] items, Planted planted)
    {
        var plain = new PlainRules(one.Record, one.Request, Sample.Now, planted);
        return InCategory(items, one.Request).All(item => plain.MayUse(item) == MayUse(one.Request, one.Record, item));
    }

    private static IEnumerable<ItemFacts> InCategory(ItemFacts[] items, AccessRequest request) =>
        items.Select(item => item.In(request.Use.Category));

    private static bool MayUse(AccessRequest request, RecordFacts record, ItemFacts item) =>
        request.Decided(record) is AccessDecision.Permitted permitted && permitted.Grant.Covers(item.In(request.Use.Category));

    private static bool PermitsMore(AccessRequest request, RecordFacts before, RecordFacts after, ItemFacts[] items) =>
        items.Any(item => MayUse(request, after, item) && !MayUse(request, before, item));

    private static bool IsNotFound(AccessRequest request, RecordFacts record) => request.Decided(record) is AccessDecision.NotFound;

    private static string Show(((RecordFacts Record, AccessRequest Request) Case, ItemFacts[] Items) one) => $"""
        {one.Case.Request} roles {string.Join(',', one.Case.Request.Caller.PractitionerRoles)}
        {one.Case.Record} {one.Case.Record.Rules}
        {string.Join('\n', one.Case.Record.CareRelationships)}
        {string.Join('\n', one.Case.Record.Representations)}
        {string.Join('\n', one.Case.Record.Emergencies)}
        {string.Join('\n', one.Case.Record.Consents.SelectMany(consent => (consent.Provisions ?? []).Select(provision =>
            $"{consent} {provision} for {string.Join(',', provision.Grantees ?? [])} on {string.Join(',', provision.Categories ?? [])}"
            + $" to {string.Join(',', provision.Actions ?? [])} for {string.Join(',', provision.Purposes ?? [])}"
            + $" by {string.Join(',', provision.AuthoredBy ?? [])} in {string.Join(',', provision.Parts ?? [])}")))}
        {string.Join('\n', one.Items.Select(item => item))}
        {one.Case.Request.Decided(one.Case.Record)}
        """;
}
