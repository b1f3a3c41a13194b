//! What the launcher says of the job, in the environment.

/// The number of processes that the launcher says it started; `None` when not under a launcher.
///
/// Reads the environment only, so it may be called before MPI is started, to choose a backend. Known
/// are Open MPI, MPICH and its kin (Hydra, Intel MPI, MVAPICH), and Slurm's `srun` with PMI or PMIx.
///
/// ```
/// // A test is not started by `mpirun`.
/// assert_eq!(distarray_mpi::launched(), None);
/// ```
pub fn launched() -> Option<usize> {
    announced(|name| std::env::var(name).ok()).map(|(_, size)| size)
}

/// The variable with the number of processes, and the number.
pub(crate) fn announced(
    variable: impl Fn(&str) -> Option<String>,
) -> Option<(&'static str, usize)> {
    let size = |name: &'static str| {
        let size = variable(name)?.trim().parse().ok().filter(|&size| size > 0)?;
        Some((name, size))
    };
    let direct = ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "MV2_COMM_WORLD_SIZE"];
    if let Some(found) = direct.into_iter().find_map(size) {
        return Some(found);
    }
    // Slurm sets its counts in the shell of an allocation too, where nothing was launched.
    let under_pmi = ["PMI_RANK", "PMIX_RANK"].into_iter().any(|name| variable(name).is_some());
    ["SLURM_STEP_NUM_TASKS", "SLURM_NTASKS"].into_iter().filter(|_| under_pmi).find_map(size)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(environment: &[(&str, &str)]) -> Option<(&'static str, usize)> {
        let find = |name: &str| environment.iter().find(|(key, _)| *key == name);
        announced(|name| find(name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn each_launcher_has_its_variable() {
        assert_eq!(of(&[("OMPI_COMM_WORLD_SIZE", "4")]), Some(("OMPI_COMM_WORLD_SIZE", 4)));
        assert_eq!(of(&[("PMI_SIZE", "3"), ("PMI_RANK", "0")]), Some(("PMI_SIZE", 3)));
        assert_eq!(of(&[("PMIX_RANK", "0"), ("SLURM_NTASKS", "8")]), Some(("SLURM_NTASKS", 8)));
    }

    #[test]
    fn without_a_launcher_there_is_no_number() {
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[("SLURM_NTASKS", "8")]), None);
        assert_eq!(of(&[("PMI_SIZE", "many")]), None);
        assert_eq!(of(&[("OMPI_COMM_WORLD_SIZE", "0")]), None);
    }
}
