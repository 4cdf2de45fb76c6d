using System.CommandLine;
using PersonalCareApi.Data;
using PersonalCareApi.Domain;
using PersonalCareApi.Partners;

namespace PersonalCareApi.Commands;

internal static class ApplicationCommands
{
    private static readonly Argument<string> Code = new("code") { Description = "The application's id at the identity provider, as tokens name it." };
    private static readonly Option<string> Partner = new("--partner") { Description = "The partner's code.", Required = true };
    private static readonly Option<string> Name = new("--name") { Description = "What people call it.", Required = true };
    private static readonly Option<string?> NewName = new("--name") { Description = "What people call it." };
    private static readonly Option<string?> Subject = new("--subject") { Description = "The subject of its tokens when it acts alone, where that is not the code." };
    private static readonly Option<string[]> Scopes = Several("--scope", "The scopes its tokens may carry, such as assessments:read.");
    private static readonly Option<string[]> Purposes = Several("--purpose", "The purposes it may claim, such as TREAT.");

    public static Command Make(WebApplication app) => new("application", "The applications of a partner.")
    {
        Verb.Make(app, "add", "Registers an application with the most it may do.", Add, Code, Partner, Name, Subject, Scopes, Purposes),
        Verb.Make(app, "set", "Changes an application; a list that is given replaces the one before.", Set, Code, Partner, NewName, Subject, Scopes, Purposes),
        Verb.Make(app, "revoke", "Ends an application's access at once, for good.", Revoke, Code, Partner),
        Verb.Make(app, "list", "Lists a partner's applications.", List, Partner),
    };

    private static async Task Add(Verb verb, CancellationToken ct)
    {
        var partner = await verb.Partner(verb.Value(Partner), ct);
        var request = new CreateApplication
        {
            Code = verb.Value(Code),
            Name = verb.Value(Name),
            Subject = verb.ValueOrNull(Subject),
            Scopes = (verb.ValueOrNull(Scopes) ?? []).Words(),
            Purposes = (verb.ValueOrNull(Purposes) ?? []).Words(),
        };
        verb.Check(request);

        Application? application = null;
        await verb.Commit(
            unit => verb.Get<ApplicationRepository>().Add(application = request.ToApplication(Ids.New(unit.Now), partner.Id, unit.Now), unit),
            $"There is an application {request.Code} already.",
            ct);
        verb.Answer(ApplicationResponse.From(application!), $"Application {request.Code} is registered: {application!.Id}");
    }

    private static async Task Set(Verb verb, CancellationToken ct)
    {
        var application = await Find(verb, ct);
        if (application.RevokedAt is not null)
        {
            throw new CommandFailed($"Application {application.Code} is revoked.");
        }

        var change = new ApplicationChange
        {
            Name = verb.ValueOrNull(NewName) ?? application.Name,
            Subject = verb.ValueOrNull(Subject) ?? application.Subject,
            Scopes = verb.Has(Scopes) ? verb.Value(Scopes).Words() : application.ScopeList,
            Purposes = verb.Has(Purposes) ? verb.Value(Purposes).Words() : application.PurposeList,
        };
        verb.Check(change);
        await Change(verb, application.With(change), $"Application {application.Code} is changed.", ct);
    }

    private static async Task Revoke(Verb verb, CancellationToken ct)
    {
        var application = await Find(verb, ct);
        if (application.RevokedAt is not null)
        {
            throw new CommandFailed($"Application {application.Code} is revoked already.");
        }

        await Change(verb, application.RevokedFrom(verb.Get<WriteUnit>().Now), $"Application {application.Code} is revoked.", ct);
    }

    private static async Task List(Verb verb, CancellationToken ct)
    {
        var partner = await verb.Partner(verb.Value(Partner), ct);
        var applications = await verb.Get<ApplicationRepository>().List(partner.Id, null, int.MaxValue - 1, ct);
        verb.AnswerAll(
            [.. applications.Items.Select(ApplicationResponse.From)],
            application => $"{application.Code,-24}{application.Id}  {application.Name}{(application.RevokedAt is null ? "" : "  (revoked)")}");
    }

    private static async Task<Application> Find(Verb verb, CancellationToken ct)
    {
        var (code, partner) = (verb.Value(Code), await verb.Partner(verb.Value(Partner), ct));
        return await verb.Get<ApplicationRepository>().Find(partner.Id, code, ct) is { } application && application.Code == code
            ? application
            : throw new CommandFailed($"Partner {partner.Code} has no application {code}.");
    }

    private static async Task Change(Verb verb, Application next, string words, CancellationToken ct)
    {
        await verb.Commit(unit => verb.Get<ApplicationRepository>().Change(next, unit), "", ct);
        verb.Answer(ApplicationResponse.From(next), words);
    }

    private static Option<string[]> Several(string name, string description) =>
        new(name) { Description = description, AllowMultipleArgumentsPerToken = true, Arity = ArgumentArity.ZeroOrMore };
}
