using System.Text.Json;

namespace PersonalCareApi.Bench;

/// <summary>Clients of one practitioner with their assessments, made over HTTP and left in a folder for the next run.</summary>
internal sealed record Population
{
    private const string FileName = "population.json";
    private const int AtOnce = 48;

    public required int Assessments { get; init; }

    /// <summary>Each with the id of one of its assessments.</summary>
    public required IReadOnlyList<Member> Clients { get; init; }

    /// <summary>The one that was made before, or a new one of that size.</summary>
    public static async Task<Population> In(string folder, Server server, int clients, int assessmentsOfEach, TextWriter output, CancellationToken ct)
    {
        var file = Path.Combine(folder, FileName);
        if (File.Exists(file))
        {
            return JsonSerializer.Deserialize<Population>(await File.ReadAllTextAsync(file, ct))!;
        }

        await output.WriteLineAsync($"making {clients} clients with {assessmentsOfEach} assessments each");
        var platform = await server.As("platform", ct);
        platform.DefaultRequestHeaders.Add("Purpose-Of-Use", "TREAT");
        var practitioner = await server.As("practitioner", ct);
        var members = new Member[clients];
        await Parallel.ForAsync(0, clients, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct }, async (number, stop) =>
        {
            var clientId = await NewClient(platform, practitioner, 1, stop);
            var last = Guid.Empty;
            for (var made = 0; made < assessmentsOfEach; made++)
            {
                last = await practitioner.Create($"/v1/clients/{clientId}/assessments", Requests.Gad7, stop);
            }

            members[number] = new Member(clientId, last);
        });
        var population = new Population { Assessments = clients * assessmentsOfEach, Clients = members };
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(population), ct);
        return population;
    }

    /// <summary>A client in the practitioner's care, whose consent has so many provisions; the last of them permits.</summary>
    public static async Task<Guid> NewClient(HttpClient platform, HttpClient practitioner, int provisions, CancellationToken ct)
    {
        var clientId = await platform.Create(
            "/v1/clients",
            new { birthDate = "1990-01-01", careRelationships = new[] { new { practitionerId = Requests.PractitionerId } } },
            ct);
        await practitioner.Create($"/v1/clients/{clientId}/consents", Requests.Consent("signed-document", provisions), ct);
        return clientId;
    }

    /// <param name="ClientId">Whose record.</param>
    /// <param name="AssessmentId">The newest assessment in it.</param>
    internal sealed record Member(Guid ClientId, Guid AssessmentId);
}
