using PersonalCareApi.Background;
using PersonalCareApi.Commands;
using PersonalCareApi.Configuration;
using PersonalCareApi.Data;
using PersonalCareApi.Development;
using PersonalCareApi.Ledger;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Telemetry;

NativeHeap.GiveBack();
if (!CommandLine.TryCreateBuilder(args, out var builder))
{
    return CommandLine.Failed;
}

builder.Services.AddSingleton(TimeProvider.System);
builder.AddTelemetry();
builder.AddDatabase();
builder.AddLedger();
builder.Services.AddPersonalCareAuthentication();
builder.Services.AddConsentDecision();
builder.Services.AddEdge();
builder.Services.AddRateLimits();
builder.AddCrossOrigin();
builder.Services.AddOpenApiDocument();
builder.Services.AddSlices();
builder.Services.AddBackgroundWork();
builder.AddDevelopment();
builder.AddDemoData();

var app = builder.Build();

// The way of a request, station by station.
app.UseSecurityHeaders();
app.UseProblems();          // whatever goes wrong from here on is a problem that tells nothing it should not
app.UseRouting();
app.UseRequestTimeouts();   // nothing waits for ever
app.UseCors();              // which web pages may call; none unless the operator names them
app.UseAuthentication();    // 1  a bearer token becomes a Caller
app.UseRateLimits();        //    who asks too often is refused before anything is decided or read
app.UseAuthorization();     // 2  the route's declared use, 3  facts → decision → grant, before the body is read
app.MapSlices();            // 4  a retry is answered as before, input is validated, 5  the use is on the ledger, then the answer leaves
app.MapHealth();
app.MapProblemPages();
app.MapNoticePages();
app.MapLedgerPages();       // how the ledger is verified without believing this program
app.MapPublishedKeys();     // what the receipts of consents are verified with
app.MapOpenApiDocument();
app.MapDevelopment();
app.RequireDeclarations();  // no endpoint may be silent about client data

return await CommandLine.Run(app, args);

/// <summary>The program, named for the tests that start it.</summary>
public partial class Program;
