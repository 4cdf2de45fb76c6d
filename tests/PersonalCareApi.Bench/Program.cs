using System.CommandLine;
using PersonalCareApi.Bench;

// Measurements and long runs of the program, apart from the tests: a timing is never a test.
var seconds = new Option<int>("--seconds") { Description = "How long it runs.", DefaultValueFactory = _ => 30 };

var consent = new Command("consent", "What decision and facts add to a read, with 0, 1, 10 and 100 provisions on record.");
consent.SetAction((_, ct) => ConsentCost.Measure(Console.Out, ct));

var withdrawal = new Command("withdrawal", "Readers at full speed on two servers over one database while consents are withdrawn.") { seconds };
withdrawal.SetAction((parsed, ct) => WithdrawalRace.Run(TimeSpan.FromSeconds(parsed.GetValue(seconds)), Console.Out, ct));

var kill = new Command("kill", "A server killed at random moments under write load, and started again.") { seconds };
kill.SetAction((parsed, ct) => KillRace.Run(TimeSpan.FromSeconds(parsed.GetValue(seconds)), Console.Out, ct));

var replicas = new Command("replicas", "Two servers over one database under mixed load, now one and now the other killed and started again.") { seconds };
replicas.SetAction((parsed, ct) => ReplicaRace.Run(TimeSpan.FromSeconds(parsed.GetValue(seconds)), Console.Out, ct));

var folder = new Option<string>("--folder") { Description = "Where the ledger is made, and left.", Required = true };
var entries = new Option<int>("--entries") { Description = "How many entries.", DefaultValueFactory = _ => 1_000_000 };
var chains = new Option<int>("--chains") { Description = "In how many chains.", DefaultValueFactory = _ => 100_000 };
var ledger = new Command("ledger", "What checkpoints over a ledger of that size cost.") { folder, entries, chains };
ledger.SetAction((parsed, ct) => LedgerLoad.Measure(
    parsed.GetRequiredValue(folder), parsed.GetValue(entries), parsed.GetValue(chains), Console.Out, ct));

var clients = new Option<int>("--clients") { Description = "How many clients.", DefaultValueFactory = _ => 1000 };
var each = new Option<int>("--assessments") { Description = "How many assessments each has.", DefaultValueFactory = _ => 100 };
var withoutLoad = new Option<bool>("--without-load") { Description = "Only what is asked one by one, and what provisions cost." };
var http = new Command("http", "Requests a second over HTTP, beside bare endpoints that return the same bytes.") { folder, clients, each, withoutLoad };
http.SetAction((parsed, ct) => HttpLoad.Measure(
    parsed.GetRequiredValue(folder), parsed.GetValue(clients), parsed.GetValue(each), parsed.GetValue(withoutLoad), Console.Out, ct));

var more = new Option<int>("--clients") { Description = "How many clients the larger has.", DefaultValueFactory = _ => 10_000 };
var flat = new Command("flat", "What a read and a list cost over a database a hundred times as large.") { folder, more };
flat.SetAction((parsed, ct) => Flatness.Measure(parsed.GetRequiredValue(folder), parsed.GetValue(more), Console.Out, ct));

var url = new Option<string>("--url") { Description = "Where it listens.", Required = true };
var bare = new Command("bare", "The bare endpoints that others are compared with.") { url, folder };
bare.SetAction((parsed, ct) => Bare.Serve(parsed.GetRequiredValue(url), parsed.GetRequiredValue(folder), ct));

var scoring = new Command("scoring", "What scoring one form takes and allocates: PHQ-9, and the instrument with the most items.");
scoring.SetAction(_ => ScoringCost.Measure(Console.Out));

return await new RootCommand("Measures PersonalCareApi.") { consent, withdrawal, kill, replicas, ledger, http, flat, bare, scoring }.Parse(args).InvokeAsync();
