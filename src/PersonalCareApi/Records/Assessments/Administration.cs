using Microsoft.AspNetCore.Http.HttpResults;
using PersonalCareApi.Data;
using PersonalCareApi.Domain;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Domain.Instruments;
using PersonalCareApi.Partners;
using PersonalCareApi.Pipeline;
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
    /// <c>no-reader</c>).
    /// </remarks>
    public static async Task<Results<Created<AssessmentResponse>, Problem>> Administer(
        Body<AdministerInstrument> body, AccessGrant grant, UseOfData use, InstrumentLibrary library, AssessmentRepository assessments,
        FlagReaders readers, FlagRepository flags, RaisePrompts prompts, PartnerRepository partners, WriteUnit unit, CancellationToken ct)
    {
        var form = body.Value;
        var (instrument, unknown) = Choose(form, library);
        if (instrument is null)
        {
            return unknown!;
        }

        var answers = form.Answers.Select(answer => new Answer(answer.Item, answer.Value, answer.Declined, answer.Text)).ToList();
        var result = Scoring.Score(instrument, answers, new ScoringFacts(form.Sex switch { Sex.Female => "female", Sex.Male => "male", _ => null }));
        if (result.Assessment is not { } scored)
        {
            return Problems.Invalid(result.Faults.Select(fault =>
                Fault.InBody($"#/answers/{fault.Index}/{fault.Member}", fault.Code, fault.Detail)));
        }

        var assessment = new Assessment
        {
            Id = Ids.New(unit.Now),
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
            },
            RecordedAt = unit.Now,
        };
        // What the grant does not reach is refused for that, whoever could read it.
        if (instrument.Critical.Count > 0 && grant.Covers(assessment.Facts) && !await readers.Exist(use.Facts!, assessment.Facts, unit.Now, ct))
        {
            return Problems.NoReader();
        }

        await assessments.Add(grant, assessment, unit, ct);
        if (scored.Flags.Count > 0)
        {
            await flags.Raise(grant, assessment, (await partners.Care(grant.PartnerId, ct)).Flags, unit, ct);
        }

        await prompts.AfterAssessment(grant, assessment, instrument, unit, ct);

        return Created($"/v1/clients/{grant.ClientId}/assessments/{assessment.Id}", AssessmentResponse.From(grant, assessment));
    }

    private static (Instrument? Instrument, Problem? Unknown) Choose(AdministerInstrument form, InstrumentLibrary library)
    {
        if (library.Find(form.Instrument) is null)
        {
            return (null, Problems.Invalid(Fault.InBody("#/instrument", "unknown-reference", "There is no instrument with this code.")));
        }

        var instrument = form.InstrumentVersion is { } version ? library.Find(form.Instrument, version) : library.Find(form.Instrument);
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
