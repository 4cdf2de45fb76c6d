using System.CommandLine;
using System.Text.Json;
using PersonalCareApi.Data;
using PersonalCareApi.Partners;
using PersonalCareApi.Pipeline;

namespace PersonalCareApi.Commands;

internal static class IssuerCommands
{
    private static readonly Option<string> Partner = new("--partner") { Description = "The partner's code.", Required = true };
    private static readonly Argument<Guid> Id = new("id") { Description = "The issuer's id." };
    private static readonly Option<string> Url = new("--url") { Description = "The tokens' iss, letter by letter.", Required = true };
    private static readonly Option<string> Audience = new("--audience") { Description = "The tokens' aud that means this partner.", Required = true };

    private static readonly Option<FileInfo?> Jwks = new("--jwks")
    {
        Description = "A file with the public keys as a JSON Web Key Set; without it they come from the issuer's metadata.",
    };

    private static readonly Option<string[]> TokenTypes = Several("--token-type", "The typ of its access tokens, such as at+jwt or JWT.", "at+jwt");
    private static readonly Option<string> SubjectClaim = new("--subject-claim") { Description = "The claim that names the person.", DefaultValueFactory = _ => "sub" };
    private static readonly Option<string[]> ApplicationClaims = Several("--application-claim", "The claims that name the application, in order.", "client_id");

    public static Command Make(WebApplication app) => new("issuer", "Who signs the tokens of a partner.")
    {
        Verb.Make(app, "add", "Registers who signs a partner's tokens.", Add, Partner, Url, Audience, Jwks, TokenTypes, SubjectClaim, ApplicationClaims),
        Verb.Make(app, "set", "Changes where an issuer's keys come from: the file given, or else its metadata.", Set, Id, Partner, Jwks),
        Verb.Make(app, "list", "Lists who signs a partner's tokens.", List, Partner),
    };

    private static async Task Add(Verb verb, CancellationToken ct)
    {
        var partner = await verb.Partner(verb.Value(Partner), ct);
        var request = new CreateIssuer
        {
            Url = verb.Value(Url),
            Audience = verb.Value(Audience),
            KeySource = verb.Has(Jwks) ? KeySource.Given : KeySource.Discovery,
            Jwks = await KeySet(verb, ct),
            TokenTypes = verb.Value(TokenTypes).Words(),
            SubjectClaim = verb.Value(SubjectClaim),
            ApplicationClaims = verb.Value(ApplicationClaims).Words(),
        };
        verb.Check(request);
        var registration = verb.Get<IssuerRegistration>();
        var issuer = await registration.Make(partner.Id, request, verb.Get<WriteUnit>().Now, ct);
        if (issuer.Fault is { } fault)
        {
            throw new CommandFailed([fault]);
        }

        await verb.Commit(
            unit => registration.Add(issuer.Value!, unit), $"There is a registration of {request.Url} with this audience already.", ct);
        verb.Answer(IssuerResponse.From(issuer.Value!), $"Tokens of {request.Url} for {request.Audience} are those of {partner.Code}: {issuer.Value!.Id}");
    }

    private static async Task Set(Verb verb, CancellationToken ct)
    {
        var partner = await verb.Partner(verb.Value(Partner), ct);
        var issuers = verb.Get<IssuerRepository>();
        if (await issuers.Find(partner.Id, verb.Value(Id), ct) is not { } issuer)
        {
            throw new CommandFailed($"Partner {partner.Code} has no issuer {verb.Value(Id)}.");
        }

        var request = CreateIssuer.From(issuer) with
        {
            KeySource = verb.Has(Jwks) ? KeySource.Given : KeySource.Discovery,
            Jwks = await KeySet(verb, ct),
        };
        verb.Check(request);
        var made = await verb.Get<IssuerRegistration>().Make(partner.Id, request, issuer.CreatedAt, ct);
        if (made.Fault is { } fault)
        {
            throw new CommandFailed([fault]);
        }

        var next = made.Value! with { Id = issuer.Id, Version = issuer.Version + 1 };
        await verb.Commit(unit => issuers.ChangeKeys(next, unit), "", ct);
        verb.Answer(IssuerResponse.From(next), $"The keys of {next.Url} are changed.");
    }

    private static async Task List(Verb verb, CancellationToken ct)
    {
        var partner = await verb.Partner(verb.Value(Partner), ct);
        var issuers = await verb.Get<IssuerRepository>().List(partner.Id, null, int.MaxValue - 1, ct);
        verb.AnswerAll(
            [.. issuers.Items.Select(IssuerResponse.From)],
            issuer => $"{issuer.Id}  {issuer.Url}  {issuer.Audience}  {(issuer.KeySource == KeySource.Discovery ? "discovery" : "given")}");
    }

    private static async Task<JsonElement?> KeySet(Verb verb, CancellationToken ct)
    {
        if (verb.ValueOrNull(Jwks) is not { } file)
        {
            return null;
        }

        try
        {
            return JsonElement.Parse(await File.ReadAllTextAsync(file.FullName, ct));
        }
        catch (Exception error) when (error is JsonException or IOException)
        {
            throw new CommandFailed($"jwks: invalid-key-set. {file.Name} is not there, or is not JSON.");
        }
    }

    private static Option<string[]> Several(string name, string description, string otherwise) => new(name)
    {
        Description = description,
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [otherwise],
    };
}
