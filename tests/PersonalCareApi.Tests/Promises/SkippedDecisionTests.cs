using Dapper;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.DependencyInjection;
using PersonalCareApi.Development;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Tests.TestHost;

namespace PersonalCareApi.Tests.Promises;

/// <summary>With the decision replaced by one that always says yes there is still no data: no grant exists to bind.</summary>
[OnEachDatabase]
internal sealed class SkippedDecisionTests(TestDatabase database)
{
    [Test]
    public async Task A_decision_that_always_says_yes_gives_no_data_and_takes_none()
    {
        await using var host = new ApiHost(database, register: services =>
        {
            services.Remove(services.Single(service => service.ImplementationType == typeof(ConsentHandler)));
            services.AddSingleton<IAuthorizationHandler, AlwaysYes>();
        });
        var uses = Operation.Of(host).Where(operation => operation.Use is not null).ToList();
        Assert.That(uses, Has.Count.GreaterThan(20));

        foreach (var persona in new[] { "practitioner", "client", "platform" })
        {
            var api = await host.As(persona);
            var before = Rows(host);
            Assert.That(await Leaks(uses, api), Is.Empty, persona);
            Assert.That(Rows(host), Is.EqualTo(before), persona);
        }
    }

    [Test]
    public async Task Data_that_is_given_and_data_that_is_taken_are_found()
    {
        await using var host = new ApiHost(database);
        var client = await host.As("client");
        var before = Rows(host);

        Assert.That(
            await Leaks(Operation.Of(host).Where(operation => operation.Use is not null), client),
            Has.Some.StartsWith("GET /v1/clients/{clientId:guid}/: OK"));
        Assert.That(Rows(host), Is.Not.EqualTo(before));
    }

    /// <summary>The answers that are no refusal, each call with a body that the route takes.</summary>
    private static async Task<List<string>> Leaks(IEnumerable<Operation> operations, Api api)
    {
        var leaks = new List<string>();
        foreach (var operation in operations)
        {
            var answer = await operation.Call(api, Personas.ClientId, SoundBody(operation));
            var refused = (int)answer.Status >= 400
                && answer.Header("Content-Type")?.StartsWith(Problem.ContentType, StringComparison.Ordinal) == true
                && !answer.Text.Contains("Ines", StringComparison.Ordinal);
            if (!refused)
            {
                leaks.Add($"{operation.Pattern}: {answer.Status} {answer.Text}");
            }
        }

        return leaks;
    }

    private static string SoundBody(Operation operation) =>
        operation.Body is { } body ? ContractExample.Of(body.Type)!.ToJsonString() : "";

    /// <summary>How many rows each table holds.</summary>
    private static IReadOnlyList<string> Rows(ApiHost host)
    {
        using var connection = host.OpenDatabase();
        return [.. Schema.Tables.Select(table => $"{table}: {connection.ExecuteScalar<long>($"SELECT COUNT(*) FROM {table}")}")];
    }

    private sealed class AlwaysYes : AuthorizationHandler<DeclaredUse>
    {
        protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, DeclaredUse requirement)
        {
            context.Succeed(requirement);
            return Task.CompletedTask;
        }
    }
}
