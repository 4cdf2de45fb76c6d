using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using PersonalCareApi.Background;

namespace PersonalCareApi.Bench;

/// <summary>
/// Two servers over one database under mixed load, of which now one and now the other is killed and started again: what was
/// acknowledged is there once and on the ledger, a withdrawal holds on both, and no job is completed twice.
/// </summary>
internal sealed class ReplicaRace
{
    private const int Writers = 3;
    private const int ReadersOfEach = 2;
    private const int LivesAtOnce = 2;

    /// <summary>Exports of one record that one caller may have at once.</summary>
    private const int MostExports = 3;

    // The load is mixed rather than as high as it goes: a server has to start again beside it.
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(10);

    /// <summary>How long a certificate is looked for during the load; one whose server was killed comes later.</summary>
    private static readonly TimeSpan SoonDone = TimeSpan.FromSeconds(20);

    /// <summary>Beyond every expiry, escalation and retention that the run has begun.</summary>
    private static readonly TimeSpan Later = TimeSpan.FromDays(400);

    /// <summary>A job whose server was killed waits for its lease to end; and then some, since it has a queue before it.</summary>
    private static readonly TimeSpan LongEnough = BackgroundJobs.Lease + TimeSpan.FromSeconds(60);

    private readonly string folder;
    private readonly TextWriter output;
    private readonly CancellationToken ct;
    private readonly Replica[] replicas;
    private readonly ConcurrentBag<Written> writes = [];
    private readonly ConcurrentQueue<string> faults = new();
    private readonly ConcurrentBag<Guid> patients = [];
    private readonly ConcurrentDictionary<Guid, string> certificates = new();
    private readonly ConcurrentBag<Task> certifying = [];
    private readonly Withdrawals withdrawals = new(serversMayEnd: true);
    private readonly Random random = new(1);
    private int kills;
    private int reads;
    private int lives;
    private int takenEarly;

    private ReplicaRace(string folder, Replica[] replicas, TextWriter output, CancellationToken ct)
    {
        this.folder = folder;
        this.replicas = replicas;
        this.output = output;
        this.ct = ct;
    }

    /// <returns>The exit code: 0 where nothing was violated.</returns>
    public static Task<int> Run(TimeSpan duration, TextWriter output, CancellationToken ct) => Soak.InFolder(async folder =>
    {
        var witnessed = Path.Combine(folder, "witness.jsonl");
        await using var witness = new WitnessReceiver(Server.FreeAddress());
        string[] settings =
        [
            "--Ledger:CheckpointSeconds", "1", "--Ledger:Witness:File", witnessed, "--Ledger:Witness:Url", witness.Address.ToString(), "--Exports:KeptHours", "1",
        ];
        await using var one = new Replica(folder, 0, settings);
        await using var other = new Replica(folder, 1, settings);
        return await new ReplicaRace(folder, [one, other], output, ct).Run(duration, witness, witnessed);
    });

    private async Task<int> Run(TimeSpan duration, WitnessReceiver witness, string witnessed)
    {
        var reckoning = new Reckoning(folder, writes, faults, certificates);
        var watch = Stopwatch.StartNew();
        try
        {
            await RunToTheEnd(duration, reckoning, witnessed);
        }
        catch (InvalidOperationException broken)
        {
            // A server that cannot be started, or answers what it must not: what was counted until then is told.
            faults.Enqueue(broken.Message);
        }

        await EndServers();
        AddFaults(witness.Faults());
        return await Soak.Tell(
            output,
            $"{kills} kills of 2 servers in {watch.Elapsed.TotalSeconds:F0} s; {writes.Count} acknowledged writes sought, and the ledger entries of "
            + $"{reckoning.Entries} of them, {writes.Count(write => write.Again)} acknowledged only after a retry, {reads} read on the other server at once; "
            + $"{withdrawals.Acknowledged} withdrawals, {withdrawals.After} reads begun after one ({withdrawals.AfterOnAnother} on the other server), "
            + $"of these {withdrawals.Violations} with data; completions counted: {reckoning.Jobs}, {takenEarly} certificates compared with those at the end; {witness.Checkpoints} checkpoints told to the witness, "
            + $"{witness.DeliveredAgain} deliveries repeated; answers 5xx: {Refused()}",
            faults,
            kills > 0 && withdrawals.AfterOnAnother > 0 && takenEarly > 0 && reckoning.SawEveryKind);
    }

    private async Task RunToTheEnd(TimeSpan duration, Reckoning reckoning, string witnessed)
    {
        // One after the other: a Development server makes the demo's records at its first start.
        foreach (var replica in replicas)
        {
            await replica.Start(ct);
        }

        await KeepGoals();
        await reckoning.Begin();
        await LoadAndKill(duration);
        takenEarly = certificates.Count;
        await JobsDone(TimeSpan.Zero);
        await reckoning.AfterTheLoad();
        await SameOnBoth();
        AddFaults(await Soak.LedgerFaults(folder, ct, "--against", witnessed));

        await ComeOfAge();
        await reckoning.WhenAllIsOver();
        AddFaults(await Soak.LedgerFaults(folder, ct, "--against", witnessed));
    }

    private async Task LoadAndKill(TimeSpan duration)
    {
        using var practitioner = await As("practitioner");
        using var client = await As("client");
        using var platform = await As("platform", purpose: "TREAT");
        using var researcher = await As("platform", purpose: "HRESCH");
        await client.Write(Requests.Record("/assessments"), Requests.Gad7, HttpStatusCode.Created);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(ct);
        using var readersToo = CancellationTokenSource.CreateLinkedTokenSource(ct);
        enough.CancelAfter(duration);
        List<Task> work =
        [
            .. Enumerable.Range(0, Writers).Select(_ => Until(enough, () => AssessSomebody(practitioner))),
            .. Enumerable.Range(0, LivesAtOnce).Select(_ => Until(enough, () => Live(platform, client, practitioner))),
            Until(enough, () => OrderExtract(researcher)),
            OrderExports(client, Requests.ClientId),
            Guarded(enough, () => withdrawals.Race(() => GiveConsent(client), consent => Withdraw(client, consent), enough.Token)),
            Until(enough, Kill),
        ];
        List<Task> readers =
        [
            .. from replica in replicas
               from _ in Enumerable.Range(0, ReadersOfEach)
               select Guarded(enough, () => withdrawals.ReadOn(replica.Number, practitioner.On(replica.Number), Breath, readersToo.Token)),
        ];
        await Task.WhenAll(work);
        await Task.WhenAll(certifying);
        await readersToo.CancelAsync();
        await Task.WhenAll(readers);
        if (withdrawals.Violations > 0)
        {
            faults.Enqueue($"{withdrawals.Violations} answers with data to requests that began after a withdrawal was acknowledged.");
        }
    }

    /// <summary>Does it again and again; whatever it fails with is a fault, and ends the load.</summary>
    private Task Until(CancellationTokenSource enough, Func<Task> work) => Guarded(enough, async () =>
    {
        while (!enough.IsCancellationRequested)
        {
            await work();
            await Task.Delay(Breath, ct);
        }
    });

    private async Task Guarded(CancellationTokenSource enough, Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (InvalidOperationException fault)
        {
            faults.Enqueue(fault.Message);
            await enough.CancelAsync();
        }
    }

    /// <summary>Kills the one whose turn it is, and starts it again; in between both serve, which a new one does slowly at first.</summary>
    private async Task Kill()
    {
        await Task.Delay(random.Next(300, 9000), ct);
        await KillAndStart(replicas[kills % replicas.Length]);
    }

    private async Task KillAndStart(Replica replica)
    {
        kills++;
        if (!await replica.Kill())
        {
            faults.Enqueue($"Server {replica.Number} had ended by itself.");
        }

        await Task.Delay(random.Next(1000), ct);
        await replica.Start(ct);
    }

    private async Task AssessSomebody(Balanced practitioner)
    {
        if (patients.IsEmpty)
        {
            return;
        }

        var patient = patients.ElementAt(Random.Shared.Next(patients.Count));
        var path = $"/v1/clients/{patient}/assessments";
        if (Random.Shared.Next(8) > 0)
        {
            await ReadOnTheOther(practitioner, await practitioner.Write(path, Requests.Gad7, HttpStatusCode.Created));
            return;
        }

        // An impatient application: the same request to both at once is one assessment.
        var both = await practitioner.WriteOnAll(path, Requests.Gad7, HttpStatusCode.Created);
        if (both[0].Id != both[1].Id)
        {
            faults.Enqueue($"One key made two assessments: {both[0].Id} and {both[1].Id}.");
        }
    }

    /// <summary>What one server has acknowledged, the other one shows.</summary>
    private async Task ReadOnTheOther(Balanced by, Written written)
    {
        try
        {
            using var answer = await by.On(1 - written.Server).GetAsync(new Uri($"{written.Path}/{written.Id}", UriKind.Relative), ct);
            if (answer.StatusCode == HttpStatusCode.OK)
            {
                Interlocked.Increment(ref reads);
            }
            else if (answer.StatusCode != HttpStatusCode.ServiceUnavailable)
            {
                faults.Enqueue($"{written.Path}/{written.Id} was acknowledged, and is {answer.StatusCode} on the other server.");
            }
        }
        catch (HttpRequestException)
        {
            // It is down.
        }
    }

    /// <summary>
    /// Somebody comes into care, consents, is assessed with an answer that raises a flag, and asks for archives. Half of them
    /// have the record erased; of these, who has a goal leaves something that must be kept.
    /// </summary>
    private async Task Live(Balanced platform, Balanced client, Balanced practitioner)
    {
        var number = Interlocked.Increment(ref lives);
        var (erased, withGoal, inResearch) = (number % 2 == 0, number % 4 == 0, number % 3 == 0);
        var id = (await platform.Write(
            "/v1/clients",
            new { subject = "client", birthDate = "1990-01-01", careRelationships = new[] { new { practitionerId = Requests.PractitionerId } } },
            HttpStatusCode.Created)).Id!.Value;
        var record = $"/v1/clients/{id}";
        await client.Write($"{record}/consents", Requests.Consent(), HttpStatusCode.Created);
        if (inResearch)
        {
            await client.Write($"{record}/consents", Requests.ResearchConsent, HttpStatusCode.Created);
        }

        await practitioner.Write($"{record}/assessments", Requests.FlaggedPhq9, HttpStatusCode.Created);
        if (withGoal)
        {
            await client.Write($"{record}/goals", Requests.Goal, HttpStatusCode.Created);
        }

        await OrderExports(client, $"{id}");
        if (erased)
        {
            var erasure = await client.Write($"{record}/erasures", new { confirm = true }, HttpStatusCode.Created);
            certifying.Add(TakeCertificate(platform, erasure.Id!.Value));
        }
        else
        {
            patients.Add(id);
        }

        await Task.Delay(Random.Shared.Next(1000), ct);
    }

    private static async Task OrderExports(Balanced client, string id)
    {
        for (var ordered = 0; ordered < MostExports; ordered++)
        {
            await client.Write($"/v1/clients/{id}/exports", null, HttpStatusCode.Created);
        }
    }

    private async Task OrderExtract(Balanced researcher)
    {
        // As many as are kept at once; an erasure makes room, since it outdates them.
        await researcher.Write("/v1/research-extracts", new { project = "sleep" }, HttpStatusCode.Created, orElse: HttpStatusCode.Conflict);
        await Task.Delay(Random.Shared.Next(2000), ct);
    }

    private static async Task<Guid> GiveConsent(Balanced client) =>
        (await client.Write(Requests.Record("/consents"), Requests.Consent(), HttpStatusCode.Created)).Id!.Value;

    private static async Task<int> Withdraw(Balanced client, Guid consent) =>
        (await client.Write(Requests.Record($"/consents/{consent}/withdrawal"), new { }, HttpStatusCode.OK)).Server;

    /// <summary>Takes the certificate soon after it is there, to see that no other takes its place.</summary>
    private async Task TakeCertificate(Balanced platform, Guid erasure)
    {
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < SoonDone && !certificates.ContainsKey(erasure); await Task.Delay(SoonDone / 100, ct))
        {
            foreach (var replica in replicas)
            {
                if (await SignedCertificate(platform.On(replica.Number), erasure) is { } signed)
                {
                    Compare(erasure, signed);
                }
            }
        }
    }

    private void Compare(Guid erasure, string signed)
    {
        if (certificates.GetOrAdd(erasure, signed) != signed)
        {
            faults.Enqueue($"The erasure {erasure} has two certificates.");
        }
    }

    private async Task<string?> SignedCertificate(HttpClient by, Guid erasure)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/erasures/{erasure}/certificate");
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/jwt"));
            using var answer = await by.SendAsync(request, ct);
            return answer.StatusCode == HttpStatusCode.OK ? await answer.Content.ReadAsStringAsync(ct) : null;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    /// <summary>Both servers tell the same of what was written, and have the certificates that were given out.</summary>
    private async Task SameOnBoth()
    {
        using var client = await As("client");
        using var platform = await As("platform", purpose: "TREAT");
        foreach (var replica in replicas)
        {
            foreach (var patient in patients)
            {
                var (path, expected) = ($"/v1/clients/{patient}/assessments", Reckoning.Made(writes, $"/v1/clients/{patient}/assessments"));
                if (await client.On(replica.Number).Total(path, ct) is var total && total != expected)
                {
                    faults.Enqueue($"Server {replica.Number} has {total} of {expected} assessments at {path}.");
                }
            }

            foreach (var erasure in Reckoning.Of(writes, "/erasures"))
            {
                if (await SignedCertificate(platform.On(replica.Number), erasure.Id!.Value) is { } signed)
                {
                    Compare(erasure.Id.Value, signed);
                }
                else
                {
                    faults.Enqueue($"Server {replica.Number} has no certificate of the erasure {erasure.Id}.");
                }
            }
        }
    }

    /// <summary>
    /// Both clocks are moved on, so that everything the run has begun comes to its end: archives expire, flags escalate, what was
    /// kept of erased records is erased as well. Meanwhile each server is killed once more.
    /// </summary>
    private async Task ComeOfAge()
    {
        foreach (var replica in replicas)
        {
            await replica.MoveClock(Later, ct);
        }

        foreach (var replica in replicas)
        {
            await Task.Delay(random.Next(300, 1500), ct);
            await KillAndStart(replica);
        }

        await JobsDone(Later);
    }

    private async Task JobsDone(TimeSpan ahead)
    {
        for (var watch = Stopwatch.StartNew(); await Reckoning.Due(folder, ahead) is > 0 and var due; await Task.Delay(250, ct))
        {
            if (watch.Elapsed > LongEnough)
            {
                faults.Enqueue($"{due} jobs were due and not done within {LongEnough.TotalSeconds:F0} s.");
                return;
            }
        }
    }

    /// <summary>Goals are kept after an erasure, so that some erasures keep a part and come back for it.</summary>
    private async Task KeepGoals()
    {
        using var platform = await replicas[0].As("platform", ct);
        using var settings = await platform.GetAsync(new Uri("/v1/settings", UriKind.Relative), ct);
        using var change = new HttpRequestMessage(HttpMethod.Patch, "/v1/settings")
        {
            Content = new StringContent("""{ "retention": { "goals": 1 } }""", new MediaTypeHeaderValue("application/merge-patch+json")),
        };
        change.Headers.IfMatch.Add(settings.Headers.ETag!);
        using var answer = await platform.SendAsync(change, ct);
        answer.EnsureSuccessStatusCode();
    }

    private async Task EndServers()
    {
        foreach (var replica in replicas)
        {
            await replica.Kill();
            AddFaults(replica.Alarms);
            AddFaults(replica.Answers.Where(one => one.Key is >= HttpStatusCode.InternalServerError and not HttpStatusCode.ServiceUnavailable)
                .Select(one => $"Server {replica.Number} answered {(int)one.Key} {one.Value} times."));
        }
    }

    private string Refused()
    {
        var refused = replicas.SelectMany(replica => replica.Answers).Where(one => one.Key >= HttpStatusCode.InternalServerError)
            .GroupBy(one => one.Key).Select(one => $"{one.Sum(many => many.Value)} of {(int)one.Key}").ToList();
        return refused.Count == 0 ? "none" : string.Join(", ", refused);
    }

    private void AddFaults(IEnumerable<string> more)
    {
        foreach (var fault in more)
        {
            faults.Enqueue(fault);
        }
    }

    private async Task<Balanced> As(string persona, string? purpose = null)
    {
        var clients = await Task.WhenAll(replicas.Select(replica => replica.As(persona, ct)));
        foreach (var client in clients.Where(_ => purpose is not null))
        {
            client.DefaultRequestHeaders.Add("Purpose-Of-Use", purpose);
        }

        return new Balanced(clients, writes);
    }
}
