%% The lecture's six numbers, one after the other: loops and integer arithmetic.
-module(primes).
-export([main/0]).

main() ->
    Numbers = [112272535095293, 112582705942171, 112272535095293,
               115280095190773, 115797848077099, 1099726899285419],
    [io:format("~p ~p~n", [N, is_prime(N)]) || N <- Numbers],
    ok.

is_prime(N) when N rem 2 =:= 0 -> false;
is_prime(N) -> no_divisor(N, 3, trunc(math:sqrt(N))).

no_divisor(_, I, Last) when I > Last -> true;
no_divisor(N, I, _) when N rem I =:= 0 -> false;
no_divisor(N, I, Last) -> no_divisor(N, I + 2, Last).
