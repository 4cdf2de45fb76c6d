using System.CommandLine;
using PersonalCareApi.Domain;
using PersonalCareApi.Partners;

namespace PersonalCareApi.Commands;

internal static class PartnerCommands
{
    private static readonly Argument<string> Code = new("code") { Description = "What commands call the partner: lower-case letters, digits and hyphens." };
    private static readonly Option<string> Name = new("--name") { Description = "The partner's name.", Required = true };
    private static readonly Option<string?> NewName = new("--name") { Description = "The partner's new name." };

    public static Command Make(WebApplication app) => new("partner", "The organisations whose platforms call the API.")
    {
        Verb.Make(app, "add", "Sets a partner up.", Add, [Code, Name, .. SettingsOptions.All]),
        Verb.Make(app, "set", "Changes what a partner has settled for its records.", Set, [Code, NewName, .. SettingsOptions.All]),
        Verb.Make(app, "list", "Lists the partners.", List),
    };

    private static async Task Add(Verb verb, CancellationToken ct)
    {
        verb.RequireDatabase();
        var request = new CreatePartner(verb.Value(Code), verb.Value(Name));
        var settings = SettingsOptions.Apply(verb, SettingsChange.Defaults);
        verb.Check(request);
        verb.Check(settings);

        Partner? partner = null;
        await verb.Commit(
            unit => verb.Get<PartnerRepository>().Add(partner = request.ToPartner(Ids.New(unit.Now), unit.Now).With(settings), unit),
            $"There is a partner {request.Code} already.",
            ct);
        verb.Answer(SettingsResponse.From(partner!), $"Partner {partner!.Code} is set up: {partner.Id}");
    }

    private static async Task Set(Verb verb, CancellationToken ct)
    {
        var partner = await verb.Partner(verb.Value(Code), ct);
        var renamed = new CreatePartner(partner.Code, verb.ValueOrNull(NewName) ?? partner.Name);
        var settings = SettingsOptions.Apply(verb, SettingsChange.From(partner));
        verb.Check(renamed);
        verb.Check(settings);

        var next = partner.With(settings) with { Name = renamed.Name, Version = partner.Version + 1 };
        await verb.Commit(unit => verb.Get<PartnerRepository>().Change(next, unit), "", ct);
        verb.Answer(SettingsResponse.From(next), $"Partner {next.Code} is changed.");
    }

    private static async Task List(Verb verb, CancellationToken ct)
    {
        verb.RequireDatabase();
        var partners = await verb.Get<PartnerRepository>().List(ct);
        verb.AnswerAll(
            [.. partners.Select(SettingsResponse.From)],
            partner => $"{partner.Code,-24}{partner.Id}  {partner.Name}");
    }
}
