using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;

namespace PersonalCareApi.Tests.Promises;

/// <summary>No endpoint is silent about client data, and a program with a silent one does not start.</summary>
[TestFixture]
internal sealed class DeclarationTests
{
    private static readonly NoClientData Harmless = new("It tells the time of day and nothing else.");

    private static readonly RequiresConsent Reads = new(new DataUse(DataCategory.Goals, DataAction.Read));

    [Test]
    public void Every_endpoint_of_the_program_declares_its_use_of_client_data()
    {
        var endpoints = Operation.Of(RealProgram.Host).Select(operation => (Endpoint)operation.Endpoint).Distinct().ToList();

        Assert.That(endpoints, Has.Count.GreaterThan(30));
        Assert.That(DeclaredEndpoints.Faults(endpoints), Is.Empty);
    }

    [Test]
    public async Task A_program_with_a_silent_endpoint_does_not_start_and_names_it()
    {
        await using var app = WebApplication.CreateBuilder(["--urls", "http://127.0.0.1:0"]).Build();
        app.MapGet("/clock", () => "noon").WithMetadata(Harmless).AllowAnonymous();
        app.MapGet("/silent", () => "data");
        app.RequireDeclarations();

        Assert.That(
            () => app.StartAsync(),
            Throws.InvalidOperationException.With.Message.Contains("/silent").And.Message.Not.Contains("/clock"));
    }

    [Test]
    public void The_program_asks_for_declarations_after_everything_is_mapped()
    {
        Assert.That(MappedAfterTheCheck(Il.CallsOf(typeof(Program))), Is.Empty);
        Assert.That(MappedAfterTheCheck(["app.MapSlices", "DeclaredEndpoints.RequireDeclarations", "app.MapLate"]), Is.EqualTo(["app.MapLate"]));
        Assert.That(MappedAfterTheCheck(["app.MapSlices"]), Is.Not.Empty);
    }

    [TestCaseSource(nameof(Planted))]
    public void A_planted_violation_is_found(RouteHandlerBuilder _, IEndpointRouteBuilder app, string fault) =>
        Assert.That(DeclaredEndpoints.Faults(app.DataSources.SelectMany(source => source.Endpoints)), Has.Some.Contains(fault));

    private static IEnumerable<TestCaseData> Planted()
    {
        yield return Plant("Silent", "declares neither", app => app.MapGet("/x", () => "x").RequireAuthorization());
        yield return Plant("Under a record without consent", "decided by no consent",
            app => app.MapGet("/clients/{clientId:guid}/x", () => "x").RequireAuthorization().WithMetadata(Harmless));
        yield return Plant("Under a record, deciding for several", "decided by no consent",
            app => app.MapGet("/clients/{clientId:guid}/x", () => "x").RequireAuthorization()
                .WithMetadata(new DecidesPerClient(new DataUse(DataCategory.Goals, DataAction.Read))));
        yield return Plant("A grant that nothing decides", "takes a grant that nothing decides",
            app => app.MapGet("/x", (AccessGrant grant) => grant.ClientId).RequireAuthorization().WithMetadata(Harmless));
        yield return Plant("Client data for anybody", "lets anybody in",
            app => app.MapGet("/clients/{clientId:guid}/x", () => "x").RequireAuthorization().AllowAnonymous().WithMetadata(Reads));
        yield return Plant("Client data without authorization", "lets anybody in",
            app => app.MapGet("/clients/{clientId:guid}/x", () => "x").WithMetadata(Reads));
        yield return Plant("Both", "declares a use of client data and that it has none",
            app => app.MapGet("/x", () => "x").RequireAuthorization().WithMetadata(Reads, Harmless));
        yield return Plant("Two uses", "more than one use",
            app => app.MapGet("/x", () => "x").RequireAuthorization().WithMetadata(Reads, new RequiresAdmission()));
        yield return Plant("No reason given", "does not say why",
            app => app.MapGet("/x", () => "x").AllowAnonymous().WithMetadata(new NoClientData("no")));
        yield return Plant("Neither open nor guarded", "neither who may come in",
            app => app.MapGet("/x", () => "x").WithMetadata(Harmless));
    }

    private static TestCaseData Plant(string name, string fault, Func<WebApplication, RouteHandlerBuilder> map)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Services.AddScoped(_ => Grants.Reaching(Reach.Nothing));
        var app = builder.Build();
        return new TestCaseData(map(app), app, fault).SetArgDisplayNames(name);
    }

    /// <summary>What is mapped where the check no longer sees it; everything where there is no check.</summary>
    private static IEnumerable<string> MappedAfterTheCheck(IReadOnlyList<string> calls)
    {
        var check = calls.ToList().FindIndex(call => call.EndsWith(".RequireDeclarations", StringComparison.Ordinal));
        return calls.Skip(check + 1).Where(call => call.Split('.')[^1].StartsWith("Map", StringComparison.Ordinal));
    }
}
