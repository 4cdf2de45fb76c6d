using System.Net.Http.Headers;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace PersonalCareApi.Tests.TestHost;

/// <summary>A Production server on fresh data, its operator, and time that can be passed.</summary>
internal sealed class Installation : IAsyncDisposable
{
    private readonly PassingTime time = new();
    private readonly ApiHost host;
    private readonly Lazy<WebApplicationFactory<Program>> server;

    public Installation(TestDatabase database)
    {
        host = new ApiHost(database, "Production", services => services.AddSingleton<TimeProvider>(time));
        server = new(() => host.WithWebHostBuilder(builder => builder.UseSetting("Issuers:AllowHttpLoopback", "true")));
        Operator = new Operator(host.Data);
    }

    public Operator Operator { get; }

    public IServiceProvider Services => server.Value.Services;

    public void Pass(TimeSpan span) => time.Pass(span);

    /// <summary>A client with this token; the server starts with the first.</summary>
    public Api With(string token)
    {
        var client = server.Value.CreateClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return new Api(client);
    }

    public Api Anonymous() => new(server.Value.CreateClient());

    public async ValueTask DisposeAsync()
    {
        if (server.IsValueCreated)
        {
            await server.Value.DisposeAsync();
        }

        await host.DisposeAsync();
    }

    /// <summary>The system's time, moved on; measured durations move with it.</summary>
    private sealed class PassingTime : TimeProvider
    {
        private TimeSpan passed;

        public void Pass(TimeSpan span) => passed += span;

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + passed;

        public override long GetTimestamp() => System.GetTimestamp() + (long)(passed.TotalSeconds * TimestampFrequency);
    }
}
