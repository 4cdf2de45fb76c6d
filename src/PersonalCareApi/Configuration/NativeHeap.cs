using System.Runtime.InteropServices;

namespace PersonalCareApi.Configuration;

/// <summary>What the runtime's compiler and SQLite take outside the collector's heap goes back to the system once it is free.</summary>
/// <remarks>
/// Left alone, glibc keeps a heap for nearly every thread, and in each what the compiler once needed: some 15 MB that nothing uses
/// stay resident. Measured at no cost of a request.
/// </remarks>
internal static class NativeHeap
{
    // From glibc's malloc.h.
    private const int MmapThreshold = -3;
    private const int ArenaMax = -8;

    /// <summary>What is at least this large is mapped by itself, and unmapped when it is freed: the compiler's blocks are, a page of SQLite's is not.</summary>
    private const int Large = 64 * 1024;

    /// <summary>Few, so that what one thread has freed another uses; those that the runtime made before are left.</summary>
    private const int Arenas = 2;

    /// <summary>Asks for it, once, at start.</summary>
    /// <returns>Whether it holds; false where the system's allocator is another one, which changes nothing but what stays resident.</returns>
    public static bool GiveBack()
    {
        try
        {
            return OperatingSystem.IsLinux() && Set(MmapThreshold, Large) != 0 && Set(ArenaMax, Arenas) != 0;
        }
        catch (Exception other) when (other is EntryPointNotFoundException or DllNotFoundException)
        {
            return false;
        }
    }

    [DllImport("libc", EntryPoint = "mallopt", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Set(int option, int value);
}
