using Microsoft.AspNetCore.Http.HttpResults;
using PersonalCareApi.Data;
using PersonalCareApi.Domain;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Domain.Instruments;
using PersonalCareApi.Partners;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Records.AssessmentRequests;
using PersonalCareApi.Records.Flags;
using PersonalCareApi.Records.Prompts;
using PersonalCareApi.Reference.Instruments;
using static Microsoft.AspNetCore.Http.TypedResults;

namespace PersonalCareApi.Records.Assessments;

/// <summary>Administering an instrument: the answers come in, the server scores.</summary>
internal static class Administration
{
    /// <summary>Administers an instrument.</summary>
    /// <remarks>
    /// The server scores by the instrument's published key. A form that lacks more answers than the key allows is kept
    /// without a score; critical answers raise their flag on it as well, which stands under <c>flags</c> until a practitioner
    /// acknowledges it. No score gates care, none predicts or ranks risk.
    /// An instrument with critical items is not administered where no practitioner could read its flag (409
    /// <c>no-reader</c>), nor one whose licence has to be held and is not recorded (409 <c>licence-required</c>).
    /// </remarks>
    public static async Task<Results<Created<AssessmentResponse>, Problem>> Administer(
        Body<AdministerInstrument> body, AccessGrant grant, UseOfData use, Administering administering, WriteUnit unit, CancellationToken ct)
    {
        var (assessment, refusal) = await administering.Take(grant, use, body.Value, Ids.New(unit.Now), unit, ct);
        return assessment is null
            ? refusal!
            : Created($"/v1/clients/{grant.ClientId}/assessments/{assessment.Id}", AssessmentResponse.From(grant, assessment));
    }
}

/// <summary>Takes a filled form, however it came: scores it, and does in one unit all that follows from it.</summary>
internal sealed class Administering(
    InstrumentShelf shelf, AssessmentRepository assessments, FlagReaders readers, FlagRepository flags, RaisePrompts prompts,
    AssessmentRequestRepository requests, PartnerRepository partners, InstrumentLicenceRepository licences)
{
    /// <summary>The assessment that the form becomes under this id, or why it does not.</summary>
    public async Task<(Assessment? Assessment, Problem? Refusal)> Take(
        AccessGrant grant, UseOfData use, AdministerInstrument form, Guid id, WriteUnit unit, CancellationToken ct)
    {
        var (instrument, unknown) = await Choose(grant.PartnerId, form, ct);
        if (instrument is null)
        {
            return (null, unknown);
        }

        if (await licences.Lacks(instrument, grant.PartnerId, ct) is { } unlicensed)
        {
            return (null, unlicensed);
        }

        var result = Scoring.Score(instrument, Answers(form.Answers), new ScoringFacts(form.Sex switch { Sex.Female => "female", Sex.Male => "male", _ => null }));
        if (result.Assessment is not { } scored)
        {
            return (null, Invalid(result.Faults));
        }

        StoredRequest? request = null;
        if (form.RequestId is { } asked)
        {
            request = await requests.Find(grant, asked, ct);
            if (request is null || request.Facts.Part != instrument.Code)
            {
                return (null, UnknownRequest());
            }
        }

        var assessment = new Assessment
        {
            Id = id,
            Version = 1,
            Status = scored.Status == FormStatus.Final ? Assessment.Final : Assessment.Incomplete,
            Facts = new ItemFacts(instrument.Labels, grant.ActingAs.Id, instrument.Code, form.AdministeredAt.ToStored()),
            AuthorKind = grant.ActingAs.KindCode,
            InstrumentVersion = instrument.Version,
            Content = new AssessmentContent
            {
                Language = form.Language,
                Mode = form.Mode.ToString(),
                Sex = form.Sex?.ToString(),
                Answers = form.Answers,
                Scored = scored,
                RequestId = form.RequestId,
            },
            RecordedAt = unit.Now,
        };

        // What the grant does not reach is refused for that, whoever could read it.
        if (instrument.Critical.Count > 0 && grant.Covers(assessment.Facts) && !await readers.Exist(use.Facts!, assessment.Facts, unit.Now, ct))
        {
            return (null, Problems.NoReader());
        }

        await assessments.Add(grant, assessment, unit, ct);
        if (scored.Flags.Count > 0)
        {
            await flags.Raise(grant, assessment, (await partners.Care(grant.PartnerId, ct)).Flags, unit, ct);
        }

        await prompts.AfterAssessment(grant, assessment, instrument, unit, ct);

        // What is not asked for any more may be answered all the same.
        if (request is { Status: AssessmentRequestStatus.Active })
        {
            await requests.Change(grant, request.Answered(unit.Now, use.Facts?.TimeZone), unit, WriteMiss.DoneMeanwhile, ct);
        }

        return (assessment, null);
    }

    /// <summary>What is wrong with the answers so far; null where nothing is. That some are missing is no fault.</summary>
    public static Problem? FaultsOf(Instrument instrument, IReadOnlyList<AnswerContent> answers) =>
        Scoring.Score(instrument, Answers(answers), new ScoringFacts(null)).Faults is { Count: > 0 } faults ? Invalid(faults) : null;

    public static Problem UnknownRequest() =>
        Problems.Invalid(Fault.InBody("#/requestId", "unknown-reference", "There is no such request for this instrument."));

    private static Problem Invalid(IEnumerable<AnswerFault> faults) => Problems.Invalid(faults.Select(fault =>
        Fault.InBody($"#/answers/{fault.Index}/{fault.Member}", fault.Code, fault.Detail)));

    private static List<Answer> Answers(IReadOnlyList<AnswerContent> answers) =>
        [.. answers.Select(answer => new Answer(answer.Item, answer.Value, answer.Declined, answer.Text))];

    private async Task<(Instrument? Instrument, Problem? Unknown)> Choose(Guid partnerId, AdministerInstrument form, CancellationToken ct)
    {
        if (await shelf.Find(partnerId, form.Instrument, ct) is not { } newest)
        {
            return (null, Problems.Invalid(Fault.InBody("#/instrument", "unknown-reference", "There is no instrument with this code.")));
        }

        var instrument = form.InstrumentVersion is { } version ? await shelf.Find(partnerId, form.Instrument, version, ct) : newest;
        return instrument is null
            ? (null, Problems.Invalid(Fault.InBody("#/instrumentVersion", "unknown-reference", "The instrument has no such version.")))
            : (instrument, null);
    }
}

/// <summary>Whether any practitioner could see the flag that an answer may raise.</summary>
/// <remarks>A flag that nobody can read is worse than none: the client believes somebody looked.</remarks>
internal sealed class FlagReaders(PractitionerRepository practitioners, PartnerRepository partners)
{
    public async Task<bool> Exist(RecordFacts facts, ItemFacts item, DateTimeOffset now, CancellationToken ct)
    {
        if (!await partners.RequiresFlagReader(facts.PartnerId, ct))
        {
            return true;
        }

        // Those in the care team, and whoever a permit names: anybody else would have to be found first to look.
        var ids = facts.CareRelationships.Where(one => one.Period.Contains(now)).Select(one => one.PractitionerId)
            .Concat(facts.Consents
                .SelectMany(consent => consent.Provisions ?? [])
                .SelectMany(provision => provision.Grantees ?? [])
                .Where(grantee => grantee.Kind == GranteeKind.Practitioner)
                .Select(grantee => grantee.Id!.Value))
            .Distinct()
            .ToList();
        var candidates = (await practitioners.FindActive(facts.PartnerId, ids, ct)).Select(practitioner => new Caller
        {
            PartnerId = facts.PartnerId,
            ApplicationId = Guid.Empty,
            PractitionerId = practitioner.Id,
            PractitionerRoles = practitioner.RoleCodes,
        });
        return ConsentEngine.WhoCouldRead(facts, candidates, DataCategory.Assessments, item, now).Count > 0;
    }
}
