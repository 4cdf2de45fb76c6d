using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using PersonalCareApi.Data;
using PersonalCareApi.Domain;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Records.Consents;
using static Microsoft.AspNetCore.Http.TypedResults;

namespace PersonalCareApi.Partners;

internal static class ConsentWordingEndpoints
{
    /// <summary>A wording that is reworded oftener than any law changes is to be another wording.</summary>
    private const int MostVersions = PageQuery.LargestLimit;

    public static void MapConsentWordings(this IEndpointRouteBuilder v1)
    {
        var wordings = v1.MapGroup("/consent-wordings").WithTags("consent-wordings").RequireAuthorization()
            .WithMetadata(new NoClientData("The texts a partner shows to whoever is asked for consent."));
        var administer = new RequiresScope(Scopes.PartnerAdminister);
        wordings.MapHandler(HttpMethods.Get, "/", List).WithName("ListConsentWordings");
        wordings.MapHandler(HttpMethods.Post, "/", Register).WithName("RegisterConsentWording").WithMetadata(administer);
        wordings.MapHandler(HttpMethods.Get, "/{id}", Get).WithName("GetConsentWording");
        wordings.MapHandler(HttpMethods.Get, "/{id}/versions", ListVersions).WithName("ListConsentWordingVersions");
        wordings.MapHandler(HttpMethods.Post, "/{id}/versions", AddVersion).WithName("AddConsentWordingVersion").WithMetadata(administer);
        wordings.MapHandler(HttpMethods.Get, "/{id}/versions/{version}", GetVersion).WithName("GetConsentWordingVersion");
        wordings.MapHandler(HttpMethods.Post, "/{id}/versions/{version}/retirement", Retire).WithName("RetireConsentWordingVersion").WithMetadata(administer);
    }

    /// <summary>Lists the wordings of your organisation, oldest first.</summary>
    private static async Task<Results<Ok<Page<ConsentWordingResponse>>, Problem>> List(
        Query<PageQuery> query, HttpContext http, ConsentWordingRepository wordings, Cursors cursors, CancellationToken ct)
    {
        if (cursors.TryRead(query.Value.Cursor, http, out var after) is { } refusal)
        {
            return refusal;
        }

        var partnerId = http.Caller().PartnerId;
        var rows = await wordings.List(partnerId, after, query.Value.Size, ct);
        var versions = await wordings.Versions(partnerId, [.. rows.Items.Select(row => row.Id)], ct);
        return Ok(cursors.Page(
            rows, row => ConsentWordingResponse.From(row, versions[row.Id]), row => new Position(row.CreatedAt, row.Id), http));
    }

    /// <summary>Registers a wording with its first version.</summary>
    /// <remarks>
    /// From this answer on a consent that names the code in <c>evidence.wording</c> is held to it: to its versions, to
    /// their languages, and to no more than the provisions of the version it names.
    /// </remarks>
    private static async Task<Results<Created<ConsentWordingResponse>, Problem>> Register(
        Body<CreateConsentWording> body, HttpContext http, ConsentWordingRepository wordings, PartnerNames names, WriteUnit unit,
        CancellationToken ct)
    {
        var request = body.Value;
        var partnerId = http.Caller().PartnerId;
        var terms = new WordingTerms(request.Texts, request.Provisions);
        if (await Refusal(terms, partnerId, names, unit.Now, ct) is { } refusal)
        {
            return refusal;
        }

        if (await wordings.Find(partnerId, request.Id, ct) is not null)
        {
            return Problems.AlreadyExists("There is a wording with this id already. Add a version to it.");
        }

        var wording = new ConsentWording { Id = Ids.New(unit.Now), PartnerId = partnerId, Code = request.Id, CreatedAt = unit.Now };
        var version = Next(wording, [], request.Version, terms, unit.Now);
        wordings.Add(wording, unit);
        wordings.AddVersion(version, unit);
        return Created($"/v1/consent-wordings/{wording.Code}", ConsentWordingResponse.From(wording, [version.Known]));
    }

    /// <summary>Gets a wording and what versions it has.</summary>
    private static async Task<Results<Ok<ConsentWordingResponse>, Problem>> Get(
        string id, HttpContext http, ConsentWordingRepository wordings, CancellationToken ct) =>
        await wordings.Find(http.Caller().PartnerId, id, ct) is { } wording
            ? Ok(ConsentWordingResponse.From(wording, (await wordings.Versions(wording.PartnerId, [wording.Id], ct))[wording.Id]))
            : Problems.NotFound();

    /// <summary>Lists every version of a wording, oldest first, retired ones included.</summary>
    private static async Task<Results<Ok<Page<WordingVersionSummary>>, Problem>> ListVersions(
        string id, HttpContext http, ConsentWordingRepository wordings, CancellationToken ct)
    {
        if (await wordings.Find(http.Caller().PartnerId, id, ct) is not { } wording)
        {
            return Problems.NotFound();
        }

        var versions = (await wordings.Versions(wording.PartnerId, [wording.Id], ct))[wording.Id].ToList();
        return Ok(new Page<WordingVersionSummary>
        {
            Items = [.. versions.Select(WordingVersionSummary.From)],
            NextCursor = null,
            Total = versions.Count,
        });
    }

    /// <summary>Adds a version. Those before it stay as they are, and may still be named until they are retired.</summary>
    private static async Task<Results<Created<ConsentWordingVersionResponse>, Problem>> AddVersion(
        string id, Body<CreateConsentWordingVersion> body, HttpContext http, ConsentWordingRepository wordings, PartnerNames names,
        WriteUnit unit, CancellationToken ct)
    {
        var request = body.Value;
        if (await wordings.Find(http.Caller().PartnerId, id, ct) is not { } wording)
        {
            return Problems.NotFound();
        }

        var terms = new WordingTerms(request.Texts, request.Provisions);
        if (await Refusal(terms, wording.PartnerId, names, unit.Now, ct) is { } refusal)
        {
            return refusal;
        }

        var earlier = (await wordings.Versions(wording.PartnerId, [wording.Id], ct))[wording.Id].ToList();
        if (earlier.Count >= MostVersions)
        {
            return Problems.StateConflict("The wording has as many versions as one may have. Register another.");
        }

        if (earlier.Exists(version => version.Version == request.Version))
        {
            return Problems.AlreadyExists("There is a version with this name already, and it never changes.");
        }

        var next = Next(wording, earlier, request.Version, terms, unit.Now);
        wordings.AddVersion(next, unit);
        return Created($"/v1/consent-wordings/{wording.Code}/versions/{next.Version}", ConsentWordingVersionResponse.From(wording.Code, next));
    }

    /// <summary>Gets one version: the text that is shown, and the provisions it stands for.</summary>
    private static async Task<Results<Ok<ConsentWordingVersionResponse>, Problem>> GetVersion(
        string id, string version, Query<WordingQuery> query, HttpContext http, ConsentWordingRepository wordings, CancellationToken ct)
    {
        if (await Find(id, version, http, wordings, ct) is not { } found)
        {
            return Problems.NotFound();
        }

        return query.Value.Language is { } language && found.Terms.In(language) is null
            ? Problems.Invalid(Fault.InQuery("language", FaultCodes.UnknownValue, LanguagesOf(found)))
            : Ok(ConsentWordingVersionResponse.From(id, found, query.Value.Language));
    }

    /// <summary>Retires a version: no new consent may name it from this answer on. It cannot be undone.</summary>
    /// <remarks>Consents that were given with it stay as they are, and its text stays readable for them.</remarks>
    private static async Task<Results<Ok<ConsentWordingVersionResponse>, Problem>> Retire(
        string id, string version, IfMatch ifMatch, HttpContext http, ConsentWordingRepository wordings, WriteUnit unit, CancellationToken ct)
    {
        if (await Find(id, version, http, wordings, ct) is not { } found)
        {
            return Problems.NotFound();
        }

        if (ConsentWordingVersionResponse.NumberOf(found.RetiredAt) != ifMatch.Version)
        {
            return Problems.PreconditionFailed();
        }

        if (found.RetiredAt is not null)
        {
            return Problems.StateConflict("The version is retired already.");
        }

        wordings.Retire(found, unit.Now, unit);
        return Ok(ConsentWordingVersionResponse.From(id, found with { RetiredAt = unit.Now }));
    }

    /// <summary>What languages a version is shown in, for whoever named another.</summary>
    public static string LanguagesOf(ConsentWordingVersion version) =>
        $"This version is shown in: {version.Terms.Languages.Replace(" ", ", ", StringComparison.Ordinal)}.";

    private static async Task<ConsentWordingVersion?> Find(
        string id, string version, HttpContext http, ConsentWordingRepository wordings, CancellationToken ct) =>
        await wordings.Find(http.Caller().PartnerId, id, ct) is { } wording ? await wordings.FindVersion(wording, version, ct) : null;

    private static ConsentWordingVersion Next(
        ConsentWording wording, List<KnownVersion> earlier, string? name, WordingTerms terms, DateTimeOffset now)
    {
        var sequence = earlier.Count + 1;
        return new ConsentWordingVersion
        {
            WordingId = wording.Id,
            PartnerId = wording.PartnerId,
            Sequence = sequence,
            Version = name ?? Numbers(sequence).First(number => !earlier.Exists(version => version.Version == number)),
            Terms = terms,
            CreatedAt = now,
        };
    }

    private static IEnumerable<string> Numbers(int from) =>
        Enumerable.Range(from, MostVersions + 1).Select(number => number.ToString(CultureInfo.InvariantCulture));

    /// <summary>What a consent could not be given with is no wording: the same rules, and the act is explicit where it must be.</summary>
    private static async Task<Problem?> Refusal(WordingTerms terms, Guid partnerId, PartnerNames names, DateTimeOffset now, CancellationToken ct)
    {
        var provisions = terms.Provisions.Select(provision => provision.ToDomain()).OfType<ConsentProvision>().ToList();
        var faults = ProvisionRules.Check(provisions, explicitAct: true, now).Select(GiveConsent.InBody)
            .Concat(await NamedInProvisions.Unknown(terms.Provisions, partnerId, alsoAuthors: [], names, ct))
            .ToList();
        return faults.Count > 0 ? Problems.Invalid(faults) : null;
    }
}
